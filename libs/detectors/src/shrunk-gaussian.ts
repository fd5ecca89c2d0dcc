import {
  ledoitWolf,
  precisionOf,
  squaredNorms,
  subtractMean,
  zeros,
  type Float64Matrix,
  type Matrix,
} from '@outsider/linalg';
import { noWhitener, solvingWhitener, toWhitener, type Whitener, whiten } from './whitener.ts';

/**
 * Gaussians of one shared, shrunk covariance around several centres, ready to measure distances:
 * d²(z, k) = identity · ‖z − μ_k‖² + factor · ‖W(z − μ_k)‖² (see `Precision` in linalg).
 *
 * Everything is kept relative to `origin`, the mean of the rows, so that sums of squares do not cancel.
 */
export interface ShrunkGaussian {
  readonly identity: number;
  readonly factor: number;
  /** W, shape [min(n, d), d], perhaps with no rows. */
  readonly whitener: Whitener;
  /** Shape [d]. */
  readonly origin: Float64Array;
  /** μ_k − origin, shape [classes, d]. */
  readonly centres: Matrix;
  /** W(μ_k − origin), shape [classes, rows of W]. */
  readonly whiteCentres: Float64Array;
  /** How far the covariance was shrunk towards a multiple of the identity, in [0, 1]. */
  readonly shrinkage: number;
}

/** Duplicated rows can make the estimate 0, and the covariance singular: shrink by at least so much. */
const smallestShrinkage = 1e-6;

/**
 * Fits centres and the covariance of the rows around them, shrunk as Ledoit and Wolf say. Works with fewer rows than
 * dimensions and with constant features; rows that are all equal give a round Gaussian, far narrower than any real one.
 *
 * @param x shape [n, d]
 * @param centres shape [classes, d]
 * @param labels the centre that each row belongs to, shape [n]
 */
export function fitShrunkGaussian(
  x: Matrix,
  centres: Matrix,
  origin: Float64Array,
  labels: Int32Array,
): ShrunkGaussian {
  const residuals = residualsToCentres(x, centres, labels);
  const estimate = ledoitWolf(residuals, { assumeCentered: true });
  const relative = subtractMean(centres, origin);
  const size = squaredNorms(x).reduce((sum, squared) => sum + squared, 0) / x.data.length;
  // Below this share of the features' own size, what is left of the variance is rounding.
  const floor = Math.max(size * 1e-14, Number.MIN_VALUE * 2 ** 60);
  const shape = { origin, centres: relative };
  if (!(estimate.meanVariance > floor)) {
    const whitener = noWhitener();
    return { ...shape, identity: 1 / floor, factor: 0, whitener, whiteCentres: new Float64Array(0), shrinkage: 1 };
  }
  const shrinkage = Math.max(estimate.shrinkage, smallestShrinkage);
  const precision = precisionOf({ ...estimate, shrinkage });
  const whitener = 'whitener' in precision ? toWhitener(precision.whitener) : solvingWhitener(precision.choleskyFactor);
  const { identity, factor } = precision;
  return { ...shape, identity, factor, whitener, whiteCentres: whiten(relative, whitener).data, shrinkage };
}

/** Squared Mahalanobis distance of every row to every centre, shape [n, classes], ≥ 0. */
export function squaredMahalanobisTo(gaussian: ShrunkGaussian, x: Matrix): Float64Matrix {
  const { identity, factor, whitener, origin, centres, whiteCentres } = gaussian;
  const z = subtractMean(x, origin);
  const white = whiten(z, whitener);
  const out = zeros(x.rows, centres.rows);
  for (let i = 0; i < x.rows; i++) {
    for (let k = 0; k < centres.rows; k++) {
      const plain = identity === 0 ? 0 : squaredDistanceAt(z, i, centres.data, k);
      const whitened = squaredDistanceAt(white, i, whiteCentres, k);
      out.data[i * out.cols + k] = Math.max(0, identity * plain + factor * whitened);
    }
  }
  return out;
}

/** ‖row i of x − row k of y‖². */
function squaredDistanceAt({ cols, data }: Matrix, i: number, y: ArrayLike<number>, k: number): number {
  let sum = 0;
  for (let j = 0, a = i * cols, b = k * cols; j < cols; j++) sum += (data[a + j] - y[b + j]) ** 2;
  return sum;
}

function residualsToCentres(x: Matrix, centres: Matrix, labels: Int32Array): Float64Matrix {
  const residuals = zeros(x.rows, x.cols);
  for (let i = 0; i < x.rows; i++) {
    const centre = labels[i] * x.cols;
    for (let j = 0; j < x.cols; j++) residuals.data[i * x.cols + j] = x.data[i * x.cols + j] - centres.data[centre + j];
  }
  return residuals;
}
