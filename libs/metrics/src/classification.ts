import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import type { Matrix } from '@outsider/linalg';

/**
 * Mean of −log P(true class). Probabilities are kept within [ε, 1 − ε] of float64, as scikit-learn does, so that one
 * certain mistake does not make the mean infinite.
 *
 * @param probabilities shape [n, classes], rows sum to one
 * @param labels class indices, shape [n]
 * @throws {ShapeError} when there are not as many labels as rows
 * @throws {InvalidArgumentError} without rows, and for a label that is no class
 */
export function logLoss(probabilities: Matrix, labels: ArrayLike<number>): number {
  const { rows, cols, data } = probabilities;
  requireLabels(rows, cols, labels);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const p = data[i * cols + labels[i]];
    sum -= Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, p)));
  }
  return sum / rows;
}

/**
 * Counts of (true class, predicted class), shape [classes, classes], rows being the true class.
 *
 * @throws {ShapeError} when the lengths differ
 * @throws {InvalidArgumentError} for a label that is no class
 */
export function confusionMatrix(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Matrix {
  requireLabels(predicted.length, classes, labels);
  requireLabels(labels.length, classes, predicted);
  const data = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) data[labels[i] * classes + predicted[i]]++;
  return { rows: classes, cols: classes, data };
}

/** Share of predictions that are right. @throws {ShapeError} @throws {InvalidArgumentError} without predictions */
export function accuracy(labels: ArrayLike<number>, predicted: ArrayLike<number>): number {
  requireLabels(predicted.length, Infinity, labels);
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === predicted[i]) right++;
  return right / labels.length;
}

/** The most probable class of every row; of equal ones the first. */
export function mostProbable(probabilities: Matrix): Int32Array {
  const { rows, cols, data } = probabilities;
  const best = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let k = 1; k < cols; k++) if (data[i * cols + k] > data[i * cols + best[i]]) best[i] = k;
  }
  return best;
}

function requireLabels(rows: number, classes: number, labels: ArrayLike<number>): void {
  if (labels.length !== rows) throw new ShapeError('labels', [rows], [labels.length]);
  if (rows === 0) throw new InvalidArgumentError('labels: expected at least one');
  for (let i = 0; i < rows; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      throw new InvalidArgumentError(`labels: expected class indices from 0 to ${classes - 1}, got ${labels[i]}`);
    }
  }
}
