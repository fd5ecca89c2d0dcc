import {
  gramOfRows,
  largestIndices,
  multiplyVector,
  pivotedCholesky,
  selectRows,
  toFloat32,
  transpose,
  transposedMultiplyVector,
  type Matrix,
} from '@outsider/linalg';

/**
 * The rows of a matrix in an orthonormal basis of the space that they span. Whatever depends on inner products only,
 * such as a linear model with an L2 penalty, is the same there, and with fewer rows than columns much cheaper.
 */
export interface RowSpan {
  /** Columns of the matrix. */
  readonly features: number;
  /** Shape [n, rank]. */
  readonly coordinates: Matrix;
  /** A vector of the span, given by coordinates [rank], as features [d]. */
  toFeatures(vector: Float64Array): Float64Array;
  /** Whether any feature of such a vector is larger than `limit` in size, to the precision of float32. */
  exceeds(vector: Float64Array, limit: number): boolean;
}

/** @param x shape [n, d] */
export function rowSpan(x: Matrix): RowSpan {
  if (x.rows >= x.cols) {
    const exceeds = (vector: Float64Array, limit: number): boolean => vector.some((value) => Math.abs(value) > limit);
    return { features: x.cols, coordinates: x, toFeatures: (vector) => vector, exceeds };
  }
  const { factor, pivots, solveTransposed } = pivotedCholesky(gramOfRows(x));
  // X[pivots] = L · Q with orthonormal rows Q, so Qᵀ · v = X[pivots]ᵀ · (L⁻ᵀ · v), and Q need not be known.
  const chosen = selectRows(x, pivots);
  const exceeds = largestFeatureTest(chosen);
  return {
    features: x.cols,
    coordinates: factor,
    toFeatures: (vector) => transposedMultiplyVector(chosen, solveTransposed(vector)),
    exceeds: (vector, limit) => exceeds(solveTransposed(vector), limit),
  };
}

/** Features looked at before all others. */
const fewFeatures = 16;

/**
 * Whether any feature of a sum of rows, given by their weights, is larger than a limit. Most sums asked about exceed it
 * where the ones before were largest, so those features are looked at first.
 */
function largestFeatureTest(rows: Matrix): (weights: Float64Array, limit: number) => boolean {
  const byFeature = toFloat32(transpose(rows));
  let likely: Matrix = selectRows(byFeature, []);
  return (weights, limit) => {
    const exceeds = (value: number): boolean => Math.abs(value) > limit;
    if (multiplyVector(likely, weights).some(exceeds)) return true;
    const features = multiplyVector(byFeature, weights);
    likely = selectRows(byFeature, largestIndices(features.map(Math.abs), Math.min(fewFeatures, byFeature.rows)));
    return features.some(exceeds);
  };
}
