import type { VectorProducts } from '@outsider/linalg';
import type { Objective } from '@outsider/optimize';

/** The rows that a logistic regression is fitted on. */
export interface LogisticSample {
  /** Products with the rows x, shape [n, d]. */
  readonly x: VectorProducts;
  /** Class indices, shape [n]. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Weight of every class. */
  readonly classWeights: Float64Array;
}

/** Parameters of a model: rows of weights, then as many intercepts; one row for two classes, else one a class. */
export function parameterRows(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/**
 * Mean weighted cross-entropy plus ½ · penalty · ‖weights‖²; the intercepts are not penalised.
 *
 * @param penalty ≥ 0
 */
export function logisticLoss(sample: LogisticSample, penalty: number): Objective {
  return sample.classes === 2 ? binaryLoss(sample, penalty) : softmaxLoss(sample, penalty);
}

function binaryLoss({ x, labels, classWeights }: LogisticSample, penalty: number): Objective {
  const total = totalWeight(labels, classWeights);
  const residuals = new Float64Array(labels.length);
  return (parameters, gradient) => {
    const d = parameters.length - 1;
    const margins = x.multiply(parameters.subarray(0, d));
    let loss = 0;
    let slope = 0;
    for (let i = 0; i < labels.length; i++) {
      const margin = margins[i] + parameters[d];
      const weight = classWeights[labels[i]] / total;
      loss += weight * (softplus(margin) - labels[i] * margin);
      residuals[i] = weight * (sigmoid(margin) - labels[i]);
      slope += residuals[i];
    }
    gradient.set(x.transposedMultiply(residuals));
    gradient[d] = slope;
    return loss + penalise(parameters, gradient, d, penalty);
  };
}

function softmaxLoss({ x, labels, classes, classWeights }: LogisticSample, penalty: number): Objective {
  const n = labels.length;
  const total = totalWeight(labels, classWeights);
  return (parameters, gradient) => {
    const d = parameters.length / classes - 1;
    const margins = Array.from({ length: classes }, (_, k) => x.multiply(parameters.subarray(k * d, (k + 1) * d)));
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      let largest = -Infinity;
      for (let k = 0; k < classes; k++) {
        margins[k][i] += parameters[classes * d + k];
        largest = Math.max(largest, margins[k][i]);
      }
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp(margins[k][i] - largest);
      const weight = classWeights[labels[i]] / total;
      loss += weight * (largest + Math.log(sum) - margins[labels[i]][i]);
      // The margins give way to the residuals.
      for (let k = 0; k < classes; k++) {
        margins[k][i] = weight * (Math.exp(margins[k][i] - largest) / sum - (k === labels[i] ? 1 : 0));
        gradient[classes * d + k] += margins[k][i];
      }
    }
    for (let k = 0; k < classes; k++) gradient.set(x.transposedMultiply(margins[k]), k * d);
    return loss + penalise(parameters, gradient, classes * d, penalty);
  };
}

export function sigmoid(margin: number): number {
  if (margin >= 0) return 1 / (1 + Math.exp(-margin));
  const odds = Math.exp(margin);
  return odds / (1 + odds);
}

/** log(1 + eᵐ) without overflow. */
function softplus(margin: number): number {
  return Math.max(0, margin) + Math.log1p(Math.exp(-Math.abs(margin)));
}

/** Sum of the samples' weights. */
export function totalWeight(labels: Int32Array, classWeights: Float64Array): number {
  return labels.reduce((sum, label) => sum + classWeights[label], 0);
}

function penalise(parameters: Float64Array, gradient: Float64Array, count: number, penalty: number): number {
  let squared = 0;
  for (let j = 0; j < count; j++) {
    squared += parameters[j] * parameters[j];
    gradient[j] += penalty * parameters[j];
  }
  return (penalty * squared) / 2;
}
