import { InvalidArgumentError } from '@outsider/domain';
import { cholesky, solveLower } from './cholesky.ts';
import { shrunkCovariance, type LedoitWolf } from './ledoit-wolf.ts';
import { multiplyTransposed } from './multiply.ts';
import { squaredNorms } from './norms.ts';
import { transpose, zeros, type Float64Matrix, type Matrix } from './matrix.ts';

/**
 * An inverse covariance as plain numbers: zᵀ·Σ⁻¹·z = identity · ‖z‖² + factor · ‖W·z‖².
 *
 * With few rows, n < d / 2, W is [n, d] (Woodbury) and small; otherwise W = L⁻¹ for the Cholesky factor L of Σ, identity
 * 0 and factor 1. L is what is kept then: solving with it costs what a product with its inverse costs, which would have
 * to be computed first.
 */
export type Precision = { readonly identity: number; readonly factor: number } & (
  { readonly whitener: Matrix } | { readonly choleskyFactor: Matrix }
);

/**
 * The inverse of a shrunk covariance, never formed: by Cholesky of the smaller of the two Gram matrices.
 *
 * @throws {InvalidArgumentError} when the covariance is singular: constant features and no shrinkage
 */
export function precisionOf(estimate: LedoitWolf): Precision {
  const { centred, gram, shrinkage, meanVariance } = estimate;
  const { rows: n, cols: d } = centred;
  if (gram.rows === d) return { identity: 0, factor: 1, choleskyFactor: cholesky(shrunkCovariance(estimate)) };

  const floor = shrinkage * meanVariance;
  if (!(floor > 0)) {
    throw new InvalidArgumentError(
      `covariance of ${n} rows in ${d} dimensions is singular: shrinkage ${shrinkage}, mean variance ${meanVariance}`,
    );
  }
  // Full shrinkage leaves a multiple of the identity.
  if (shrinkage === 1) return { identity: 1 / floor, factor: -1 / floor, whitener: zeros(0, d) };
  // Σ⁻¹ = (I − Xᵀ (c·I + X·Xᵀ)⁻¹ X) / floor with c = n · floor / (1 − shrinkage).
  const inner: Float64Matrix = { rows: n, cols: n, data: Float64Array.from(gram.data) };
  const ridge = (n * floor) / (1 - shrinkage);
  for (let i = 0; i < n; i++) inner.data[i * n + i] += ridge;
  return { identity: 1 / floor, factor: -1 / floor, whitener: solveLower(cholesky(inner), centred) };
}

/**
 * Squared Mahalanobis distance of every row to every centre under one covariance.
 *
 * @param x shape [n, d]
 * @param centres shape [k, d]
 * @returns shape [n, k], ≥ 0
 * @throws {ShapeError} when the dimensions differ
 */
export function squaredMahalanobis(x: Matrix, centres: Matrix, precision: Precision): Float64Matrix {
  const { identity, factor } = precision;
  const out = zeros(x.rows, centres.rows);
  const white = whitened(x, precision);
  const whiteCentres = whitened(centres, precision);
  const plain =
    identity === 0
      ? undefined
      : { inner: multiplyTransposed(x, centres), x: squaredNorms(x), centres: squaredNorms(centres) };

  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < centres.rows; k++) {
      let whiteDistance = 0;
      for (let j = 0, a = i * white.cols, b = k * white.cols; j < white.cols; j++) {
        whiteDistance += (white.data[a + j] - whiteCentres.data[b + j]) ** 2;
      }
      const at = i * out.cols + k;
      const distance = plain ? plain.x[i] + plain.centres[k] - 2 * plain.inner.data[at] : 0;
      out.data[at] = Math.max(0, identity * distance + factor * whiteDistance);
    }
  }
  return out;
}

/** x · Wᵀ */
function whitened(x: Matrix, precision: Precision): Float64Matrix {
  if ('choleskyFactor' in precision) return transpose(solveLower(precision.choleskyFactor, transpose(x)));
  return precision.whitener.rows > 0 ? multiplyTransposed(x, precision.whitener) : zeros(x.rows, 0);
}
