import { ShapeError } from '@outsider/domain';
import { currentKernels } from './kernels.ts';
import { dotAt, rowDots } from './row-dots.ts';
import { row, zeros, type Float64Matrix, type Matrix } from './matrix.ts';

/** Up to this many rows a product is bound by reading the other operand, so packing it would only cost. */
const fewRows = 3;

/** a · b for a [n, k] and b [k, m], summed in float64. @throws {ShapeError} when the inner dimensions differ */
export function multiply(a: Matrix, b: Matrix): Float64Matrix {
  if (a.cols !== b.rows) throw new ShapeError('right operand', [a.cols, 'm'], [b.rows, b.cols]);
  if (a.rows > fewRows) return currentKernels().product(a, false, b, false, 'general');
  const out = zeros(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    const sums = out.data.subarray(i * b.cols, (i + 1) * b.cols);
    for (let k = 0; k < a.cols; k++) addScaled(sums, a.data[i * a.cols + k], row(b, k));
  }
  return out;
}

/** a · bᵀ for a [n, k] and b [m, k], summed in float64. @throws {ShapeError} when the inner dimensions differ */
export function multiplyTransposed(a: Matrix, b: Matrix): Float64Matrix {
  if (a.cols !== b.cols) throw new ShapeError('right operand', ['m', a.cols], [b.rows, b.cols]);
  if (a.rows > fewRows) return currentKernels().product(a, false, b, true, 'general');
  const out = zeros(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) out.data.set(rowDots(b, row(a, i)), i * b.rows);
  return out;
}

/** aᵀ · b for a [k, n] and b [k, m], summed in float64. @throws {ShapeError} when the inner dimensions differ */
export function transposedMultiply(a: Matrix, b: Matrix): Float64Matrix {
  if (a.rows !== b.rows) throw new ShapeError('right operand', [a.rows, 'm'], [b.rows, b.cols]);
  return currentKernels().product(a, true, b, false, 'general');
}

/** x · xᵀ, shape [n, n]: the inner products of the rows. */
export function gramOfRows(x: Matrix): Float64Matrix {
  return currentKernels().product(x, false, x, true, 'symmetric');
}

/** xᵀ · x, shape [d, d]: n times the covariance when the columns have mean zero. */
export function gramOfColumns(x: Matrix): Float64Matrix {
  return currentKernels().product(x, true, x, false, 'symmetric');
}

/** a · v for v [k]. @throws {ShapeError} */
export function multiplyVector(a: Matrix, v: Float32Array | Float64Array): Float64Array {
  if (a.cols !== v.length) throw new ShapeError('vector', [a.cols], [v.length]);
  return rowDots(a, v);
}

/** aᵀ · v for v [n]. @throws {ShapeError} */
export function transposedMultiplyVector(a: Matrix, v: Float32Array | Float64Array): Float64Array {
  if (a.rows !== v.length) throw new ShapeError('vector', [a.rows], [v.length]);
  const out = new Float64Array(a.cols);
  for (let i = 0; i < a.rows; i++) addScaled(out, v[i], row(a, i));
  return out;
}

/** Inner product in float64. @throws {ShapeError} when the lengths differ */
export function dot(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  if (a.length !== b.length) throw new ShapeError('vector', [a.length], [b.length]);
  return dotAt(a, b, 0);
}

/** y += alpha · x. @throws {ShapeError} when the lengths differ */
export function addScaled(y: Float64Array, alpha: number, x: Float32Array | Float64Array): void {
  if (x.length !== y.length) throw new ShapeError('vector', [y.length], [x.length]);
  if (alpha === 0) return;
  for (let j = 0; j < y.length; j++) y[j] += alpha * x[j];
}
