import { zeros, type Float64Matrix, type Matrix } from '@outsider/linalg';

/** Classes that have rows, and their means: a class without any has no mean, and is left out. */
export interface ClassMeans {
  /** Shape [present classes, d]. */
  readonly means: Float64Matrix;
  /** Row of `means` for each row of x, shape [n]. */
  readonly labels: Int32Array;
  /** Rows of each present class. */
  readonly counts: Float64Array;
}

/**
 * Half of what the average class has among `rows`, at least 1: beyond that, neighbours are those of another class. Classes
 * without any row do not count: a classifier may know some that its photos do not show.
 */
export function halfClass(labels: Int32Array, rows: readonly number[]): number {
  const present = new Set(rows.map((row) => labels[row])).size;
  return Math.max(1, Math.floor(rows.length / (2 * present)));
}

export function classMeans(x: Matrix, labels: Int32Array): ClassMeans {
  const present = Array.from(new Set(labels)).sort((a, b) => a - b);
  const positions = new Map(present.map((label, position) => [label, position]));
  const compact = Int32Array.from(labels, (label) => positions.get(label) ?? 0);
  const means = zeros(present.length, x.cols);
  const counts = new Float64Array(present.length);
  for (let i = 0; i < x.rows; i++) {
    const to = compact[i] * x.cols;
    counts[compact[i]]++;
    for (let j = 0; j < x.cols; j++) means.data[to + j] += x.data[i * x.cols + j];
  }
  for (let k = 0; k < present.length; k++) {
    for (let j = 0; j < x.cols; j++) means.data[k * x.cols + j] /= counts[k];
  }
  return { means, labels: compact, counts };
}
