import { zeros, type Float64Matrix, type Matrix } from './matrix.ts';

/** ‖xᵢ‖² of every row, shape [n]. */
export function squaredNorms(x: Matrix): Float64Array {
  const { rows, cols, data } = x;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = i * cols; k < (i + 1) * cols; k++) sum += data[k] * data[k];
    out[i] = sum;
  }
  return out;
}

/** ‖xᵢ‖ of every row, shape [n]. */
export function norms(x: Matrix): Float64Array {
  return squaredNorms(x).map(Math.sqrt);
}

/**
 * Every row divided by its Euclidean norm. A zero row has no direction and stays zero: it is far from every unit
 * vector, and nothing becomes NaN.
 */
export function normaliseRows(x: Matrix): Float64Matrix {
  const out = zeros(x.rows, x.cols);
  const lengths = norms(x);
  for (let i = 0; i < x.rows; i++) {
    const length = lengths[i];
    if (length === 0) continue;
    for (let k = i * x.cols; k < (i + 1) * x.cols; k++) out.data[k] = x.data[k] / length;
  }
  return out;
}
