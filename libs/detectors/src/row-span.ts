import {
  dot,
  gramOfRows,
  largestIndices,
  multiplyVector,
  row,
  selectRows,
  solveLower,
  toFloat32,
  transpose,
  transposedMultiplyVector,
  zeros,
  type Float64Matrix,
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

/** Diagonals below this share of the largest are rounding: rows that others span already. */
const negligible = 1e-12;

/** @param x shape [n, d] */
export function rowSpan(x: Matrix): RowSpan {
  if (x.rows >= x.cols) {
    const exceeds = (vector: Float64Array, limit: number): boolean => vector.some((value) => Math.abs(value) > limit);
    return { features: x.cols, coordinates: x, toFeatures: (vector) => vector, exceeds };
  }
  const { factor, pivots } = pivotedCholesky(gramOfRows(x));
  // X = factor · Q with orthonormal rows Q, so X[pivots] = L · Q.
  const basis = solveLower(selectRows(factor, pivots), selectRows(x, pivots));
  return {
    features: x.cols,
    coordinates: factor,
    toFeatures: (vector) => transposedMultiplyVector(basis, vector),
    exceeds: largestFeatureTest(basis),
  };
}

/** Most vectors asked about exceed the limit where the one before did, so that feature is looked at first. */
function largestFeatureTest(basis: Float64Matrix): RowSpan['exceeds'] {
  const byFeature = toFloat32(transpose(basis));
  let likely = 0;
  return (vector, limit) => {
    if (byFeature.cols === 0) return false;
    if (Math.abs(dot(row(byFeature, likely), vector)) > limit) return true;
    const features = multiplyVector(byFeature, vector).map(Math.abs);
    likely = largestIndices(features, 1)[0];
    return features[likely] > limit;
  };
}

/**
 * The factor [n, rank] with factor · factorᵀ = `a`, taking the largest remaining diagonal first and stopping where
 * only rounding remains; row pivots[k] of it ends at column k.
 *
 * @param a symmetric positive semi-definite, shape [n, n]
 */
function pivotedCholesky(a: Float64Matrix): { factor: Float64Matrix; pivots: Int32Array } {
  const n = a.rows;
  const wide = zeros(n, n);
  const remaining = Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]);
  const limit = negligible * remaining.reduce((largest, value) => Math.max(largest, value), 0);
  const pivots: number[] = [];
  while (pivots.length < n) {
    const k = pivots.length;
    const pivot = remaining.reduce((best, value, i) => (value > remaining[best] ? i : best), 0);
    if (!(remaining[pivot] > limit)) break;
    const diagonal = Math.sqrt(remaining[pivot]);
    const known = row(wide, pivot).subarray(0, k);
    for (let i = 0; i < n; i++) {
      if (remaining[i] === -Infinity) continue;
      const explained = dot(row(wide, i).subarray(0, k), known);
      const value = i === pivot ? diagonal : (a.data[i * n + pivot] - explained) / diagonal;
      wide.data[i * n + k] = value;
      remaining[i] -= value * value;
    }
    remaining[pivot] = -Infinity;
    pivots.push(pivot);
  }
  return { factor: firstColumns(wide, pivots.length), pivots: Int32Array.from(pivots) };
}

function firstColumns(x: Float64Matrix, count: number): Float64Matrix {
  const out = zeros(x.rows, count);
  for (let i = 0; i < x.rows; i++) out.data.set(row(x, i).subarray(0, count), i * count);
  return out;
}
