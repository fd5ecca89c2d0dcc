import { zeros, type Float64Matrix, type Matrix } from './matrix.ts';
import { createRandom } from './random.ts';

/** The slow, obvious product that the fast ones are checked against. */
export function naiveProduct(a: Matrix, b: Matrix): Float64Matrix {
  const out = zeros(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.cols; j++) {
      let sum = 0;
      for (let k = 0; k < a.cols; k++) sum += a.data[i * a.cols + k] * b.data[k * b.cols + j];
      out.data[i * b.cols + j] = sum;
    }
  }
  return out;
}

/** Standard normal numbers. */
export function randomMatrix(rows: number, cols: number, seed: number): Float64Matrix {
  const random = createRandom(seed);
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, () => random.normal()) };
}

export function largestDifference(a: Matrix, b: Matrix): number {
  if (a.rows !== b.rows || a.cols !== b.cols) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.data.length; i++) largest = Math.max(largest, Math.abs(a.data[i] - b.data[i]));
  return largest;
}

export function identity(n: number): Float64Matrix {
  const out = zeros(n, n);
  for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
  return out;
}
