import { ShapeError } from '@outsider/domain';
import { zeros, type Float64Matrix, type Matrix } from './matrix.ts';
import { createRowKernels } from './row-kernels.ts';

export interface PivotedCholesky {
  /** F [n, rank] with F · Fᵀ = a; rows `pivots` of it are lower triangular. */
  readonly factor: Float64Matrix;
  /** Rows in the order in which they were taken, shape [rank]. */
  readonly pivots: Int32Array;
  /** The u with Lᵀ · u = v for L = F[pivots] and v [rank]. @throws {ShapeError} */
  solveTransposed(v: Float64Array): Float64Array;
}

/** What remains of a diagonal below this share of it is rounding: the row is explained by others already. */
const negligible = 1e-12;

/**
 * The Cholesky factor of a matrix that may be singular: takes the largest remaining diagonal first, and leaves out rows of
 * which only rounding remains, each by its own measure: beside one large row the small ones still count.
 *
 * @param a symmetric positive semi-definite, shape [n, n]
 * @throws {ShapeError} when `a` is not square
 * @see Higham 1990, Analysis of the Cholesky decomposition of a semi-definite matrix
 */
export function pivotedCholesky(a: Matrix): PivotedCholesky {
  const n = a.rows;
  if (a.cols !== n) throw new ShapeError('symmetric matrix', ['n', 'n'], [a.rows, a.cols]);
  const stride = Math.ceil(n / 8) * 8;
  const kernels = createRowKernels(8 * stride * (n + 1));
  const wide = new Float64Array(kernels.buffer, 0, stride * n);
  const rowAt = (i: number): number => 8 * stride * i;
  const remaining = Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]);
  const left = Int32Array.from({ length: n }, (_, i) => i);
  const limits = remaining.map((value) => negligible * value);
  let rank = 0;
  for (; rank < n; rank++) {
    // Taken rows stand first in `left`, in their order.
    let at = -1;
    for (let i = rank; i < n; i++) {
      if (remaining[left[i]] > limits[left[i]] && (at < 0 || remaining[left[i]] > remaining[left[at]])) at = i;
    }
    if (at < 0) break;
    const pivot = left[at];
    left[at] = left[rank];
    left[rank] = pivot;
    const diagonal = Math.sqrt(remaining[pivot]);
    const eights = Math.ceil(rank / 8);
    for (let next = rank + 1; next < n; next++) {
      const i = left[next];
      const explained = kernels.dot(rowAt(i), rowAt(pivot), eights);
      const value = (a.data[i * n + pivot] - explained) / diagonal;
      wide[i * stride + rank] = value;
      remaining[i] -= value * value;
    }
    wide[pivot * stride + rank] = diagonal;
  }

  const pivots = left.slice(0, rank);
  const factor = zeros(n, rank);
  for (let i = 0; i < n; i++) factor.data.set(wide.subarray(i * stride, i * stride + rank), i * rank);
  const vectorAt = rowAt(n);
  const vector = new Float64Array(kernels.buffer, vectorAt, stride);
  return {
    factor,
    pivots,
    solveTransposed(v) {
      if (v.length !== rank) throw new ShapeError('vector', [rank], [v.length]);
      vector.fill(0).set(v);
      const u = new Float64Array(rank);
      for (let k = rank - 1; k >= 0; k--) {
        u[k] = vector[k] / factor.data[pivots[k] * rank + k];
        kernels.addScaled(vectorAt, rowAt(pivots[k]), -u[k], Math.ceil(k / 8));
      }
      return u;
    },
  };
}
