import type { Matrix } from '@outsider/linalg';
import type { Objective } from '@outsider/optimize';

/** The rows that a logistic regression is fitted on. */
export interface LogisticSample {
  /** Shape [n, d]. */
  readonly x: Matrix;
  /** Class indices, shape [n]. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Weight of every class. */
  readonly classWeights: Float64Array;
  /** Strength of ½‖weights‖² beside the mean loss. */
  readonly penalty: number;
}

/** Parameters of a model: rows of weights, then as many intercepts; one row for two classes, else one a class. */
export function parameterRows(classes: number): number {
  return classes === 2 ? 1 : classes;
}

/** Mean weighted cross-entropy plus ½ · penalty · ‖weights‖²; the intercepts are not penalised. */
export function logisticLoss(sample: LogisticSample): Objective {
  return sample.classes === 2 ? binaryLoss(sample) : softmaxLoss(sample);
}

function binaryLoss({ x, labels, classWeights, penalty }: LogisticSample): Objective {
  const { rows: n, cols: d, data } = x;
  const total = totalWeight(labels, classWeights);
  return (parameters, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const margin = parameters[d] + marginOf(data, i * d, parameters, 0, d);
      const weight = classWeights[labels[i]] / total;
      loss += weight * (softplus(margin) - labels[i] * margin);
      const residual = weight * (sigmoid(margin) - labels[i]);
      gradient[d] += residual;
      addRow(gradient, 0, residual, data, i * d, d);
    }
    return loss + penalise(parameters, gradient, d, penalty);
  };
}

function softmaxLoss({ x, labels, classes, classWeights, penalty }: LogisticSample): Objective {
  const { rows: n, cols: d, data } = x;
  const total = totalWeight(labels, classWeights);
  const margins = new Float64Array(classes);
  return (parameters, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      let largest = -Infinity;
      for (let k = 0; k < classes; k++) {
        margins[k] = parameters[classes * d + k] + marginOf(data, i * d, parameters, k * d, d);
        largest = Math.max(largest, margins[k]);
      }
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp(margins[k] - largest);
      const weight = classWeights[labels[i]] / total;
      loss += weight * (largest + Math.log(sum) - margins[labels[i]]);
      for (let k = 0; k < classes; k++) {
        const residual = weight * (Math.exp(margins[k] - largest) / sum - (k === labels[i] ? 1 : 0));
        gradient[classes * d + k] += residual;
        addRow(gradient, k * d, residual, data, i * d, d);
      }
    }
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

function totalWeight(labels: Int32Array, classWeights: Float64Array): number {
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

function marginOf(x: Float32Array | Float64Array, at: number, w: Float64Array, from: number, d: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (; j + 3 < d; j += 4) {
    s0 += x[at + j] * w[from + j];
    s1 += x[at + j + 1] * w[from + j + 1];
    s2 += x[at + j + 2] * w[from + j + 2];
    s3 += x[at + j + 3] * w[from + j + 3];
  }
  for (; j < d; j++) s0 += x[at + j] * w[from + j];
  return s0 + s1 + (s2 + s3);
}

function addRow(
  y: Float64Array,
  to: number,
  factor: number,
  x: Float32Array | Float64Array,
  at: number,
  d: number,
): void {
  for (let j = 0; j < d; j++) y[to + j] += factor * x[at + j];
}
