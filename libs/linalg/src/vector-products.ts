import { ShapeError } from '@outsider/domain';
import type { Matrix } from './matrix.ts';
import { multiplyVector, transposedMultiplyVector } from './multiply.ts';
import { createRowKernels } from './row-kernels.ts';

/** Products of one matrix with vector after vector, as in each step of a descent. */
export interface VectorProducts {
  /** x · v for v [cols], shape [rows]. @throws {ShapeError} */
  multiply(v: Float64Array): Float64Array;
  /** xᵀ · w for w [rows], shape [cols]. @throws {ShapeError} */
  transposedMultiply(w: Float64Array): Float64Array;
}

/** Above this a copy in float64 would cost more than it saves: larger matrices are read where they are. */
const maxCopiedBytes = 2 ** 26;

/**
 * Copies a matrix to where SIMD kernels reach it. Zeros that end a row are skipped, so that a triangular matrix costs
 * half.
 *
 * @param x shape [rows, cols]
 */
export function prepareVectorProducts(x: Matrix): VectorProducts {
  const { rows, cols } = x;
  const stride = Math.ceil(cols / 8) * 8;
  if (8 * stride * rows > maxCopiedBytes) {
    return { multiply: (v) => multiplyVector(x, v), transposedMultiply: (w) => transposedMultiplyVector(x, w) };
  }
  const kernels = createRowKernels(8 * stride * (rows + 1));
  const vectorAt = 8 * stride * rows;
  const vector = new Float64Array(kernels.buffer, vectorAt, stride);
  const copy = new Float64Array(kernels.buffer, 0, stride * rows);
  const eights = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = x.data.subarray(i * cols, (i + 1) * cols);
    copy.set(row, i * stride);
    let end = cols;
    while (end > 0 && row[end - 1] === 0) end--;
    eights[i] = Math.ceil(end / 8);
  }
  return {
    multiply(v) {
      if (v.length !== cols) throw new ShapeError('vector', [cols], [v.length]);
      vector.fill(0).set(v);
      const out = new Float64Array(rows);
      for (let i = 0; i < rows; i++) out[i] = kernels.dot(8 * stride * i, vectorAt, eights[i]);
      return out;
    },
    transposedMultiply(w) {
      if (w.length !== rows) throw new ShapeError('vector', [rows], [w.length]);
      vector.fill(0);
      for (let i = 0; i < rows; i++) if (w[i] !== 0) kernels.addScaled(vectorAt, 8 * stride * i, w[i], eights[i]);
      return vector.slice(0, cols);
    },
  };
}
