import { TooFewSamplesError } from '@outsider/domain';
import { gramOfColumns, gramOfRows } from './multiply.ts';
import { squaredNorms } from './norms.ts';
import { columnMeans, subtractMean } from './standardise.ts';
import type { Float64Matrix, Matrix } from './matrix.ts';

export interface LedoitWolfOptions {
  /** The rows have mean zero already, such as residuals to class means: nothing is subtracted. */
  readonly assumeCentered?: boolean;
}

/** The covariance (1 − shrinkage) · S + shrinkage · meanVariance · I, where S = Xᵀ·X / n of the centred rows X. */
export interface LedoitWolf {
  /** Shape [d]; zeros under `assumeCentered`. */
  readonly mean: Float64Array;
  /** In [0, 1]. */
  readonly shrinkage: number;
  /** Mean of the diagonal of S. */
  readonly meanVariance: number;
  /** The rows minus `mean`, shape [n, d]. */
  readonly centred: Matrix;
  /** X · Xᵀ [n, n] with few rows (n < d / 2), else Xᵀ · X [d, d]; both have the same norm. */
  readonly gram: Float64Matrix;
}

/**
 * How far to shrink the sample covariance towards a multiple of the identity, so that the expected squared error is
 * least. With few rows everything is computed from the [n, n] Gram matrix.
 *
 * @param x shape [n, d]
 * @throws {TooFewSamplesError} without rows
 * @see Ledoit and Wolf 2004, A well-conditioned estimator for large-dimensional covariance matrices,
 *   doi:10.1016/S0047-259X(03)00096-4; same normalisation as scikit-learn's `LedoitWolf`
 */
export function ledoitWolf(x: Matrix, { assumeCentered = false }: LedoitWolfOptions = {}): LedoitWolf {
  const { rows: n, cols: d } = x;
  if (n === 0) throw new TooFewSamplesError('Ledoit–Wolf covariance', 1, 0);
  const mean = assumeCentered ? new Float64Array(d) : columnMeans(x);
  const centred = assumeCentered ? x : subtractMean(x, mean);
  const gram = n < d / 2 ? gramOfRows(centred) : gramOfColumns(centred);

  const rowNorms = squaredNorms(centred);
  let total = 0;
  let fourthMoments = 0;
  for (const squared of rowNorms) {
    total += squared;
    fourthMoments += squared * squared;
  }
  let gramNorm = 0;
  for (let i = 0; i < gram.data.length; i++) gramNorm += gram.data[i] * gram.data[i];

  const meanVariance = total / n / d;
  const sampleNorm = gramNorm / n / n;
  /** ‖S − meanVariance · I‖² / d: how far the sample is from the target. */
  const dispersion = (sampleNorm - d * meanVariance * meanVariance) / d;
  /** Mean of ‖xᵢxᵢᵀ − S‖² / (n · d): how far the sample is from the truth, as far as the sample can tell. */
  const noise = Math.min((fourthMoments / n - sampleNorm) / (n * d), dispersion);
  const shrinkage = noise <= 0 ? 0 : noise / dispersion;
  return { mean, shrinkage, meanVariance, centred, gram };
}

/** The shrunk covariance itself, shape [d, d]. */
export function shrunkCovariance({ centred, gram, shrinkage, meanVariance }: LedoitWolf): Float64Matrix {
  const { rows: n, cols: d } = centred;
  const products = gram.rows === d ? gram : gramOfColumns(centred);
  const data = new Float64Array(d * d);
  const share = (1 - shrinkage) / n;
  for (let i = 0; i < data.length; i++) data[i] = share * products.data[i];
  for (let j = 0; j < d; j++) data[j * d + j] += shrinkage * meanVariance;
  return { rows: d, cols: d, data };
}
