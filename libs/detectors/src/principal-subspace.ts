import {
  gramOfColumns,
  gramOfRows,
  multiply,
  symmetricEigen,
  zeros,
  type Float64Matrix,
  type Matrix,
} from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import type { FitControl } from './detector.ts';

export interface PrincipalSubspace {
  /** Orthonormal rows, the direction of most variance first, shape [dimensions, d]. */
  readonly directions: Float64Matrix;
}

/**
 * The directions in which the rows of `x` are largest: leading eigenvectors of xᵀx, from whichever of xᵀx and x·xᵀ is
 * smaller. Nothing is subtracted from the rows.
 *
 * @param x shape [n, d]
 * @param dimensions how many, given the eigenvalues (largest first, ≥ 0); fewer come back when `x` has a lower rank
 * @throws {CancelledError}
 */
export function principalSubspace(
  x: Matrix,
  dimensions: (values: Float64Array) => number,
  control?: FitControl,
): PrincipalSubspace {
  const small = x.rows < x.cols;
  const gram = small ? gramOfRows(x) : gramOfColumns(x);
  const { values, vectors: leading } = symmetricEigen(
    gram,
    (all) => {
      // Beyond the rank, eigenvalues are rounding of the largest one, and their directions noise.
      const rank = all.findLastIndex((value) => value > all[0] * 1e-12) + 1;
      return Math.min(rank, Math.max(0, dimensions(all.map((value) => Math.max(0, value)))));
    },
    (fraction) => checkpoint(control, fraction, 'principal subspace'),
  );
  const count = leading.rows;
  if (!small) return { directions: leading };
  if (count === 0) return { directions: zeros(0, x.cols) };
  // u an eigenvector of x·xᵀ: xᵀu / √λ is one of xᵀx.
  const directions = multiply(leading, x);
  for (let i = 0; i < count; i++) {
    const length = Math.sqrt(values[i]);
    for (let j = 0; j < x.cols; j++) directions.data[i * x.cols + j] /= length;
  }
  return { directions };
}
