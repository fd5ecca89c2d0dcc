export { cholesky, invertDiagonalBlock, solveCholesky, solveLower, solveLowerTransposed } from './cholesky.ts';
export { currentKernels, portableKernels, setKernels, simdKernels, type Kernels } from './kernels.ts';
export { ledoitWolf, shrunkCovariance, type LedoitWolf, type LedoitWolfOptions } from './ledoit-wolf.ts';
export {
  fromRows,
  matrix,
  requireFinite,
  row,
  rowRange,
  selectRows,
  stackRows,
  toFloat32,
  transpose,
  zeros,
  type Float64Matrix,
  type Matrix,
} from './matrix.ts';
export {
  addScaled,
  dot,
  gramOfColumns,
  gramOfRows,
  multiply,
  multiplyTransposed,
  multiplyVector,
  transposedMultiply,
  transposedMultiplyVector,
} from './multiply.ts';
export { norms, normaliseRows, squaredNorms } from './norms.ts';
export { pivotedCholesky, type PivotedCholesky } from './pivoted-cholesky.ts';
export { precisionOf, squaredMahalanobis, type Precision } from './precision.ts';
export { createRandom, type Random } from './random.ts';
export { squaredDistances } from './squared-distances.ts';
export { columnMeans, fitStandardiser, standardise, subtractMean, type Standardiser } from './standardise.ts';
export { symmetricEigen, type SymmetricEigen } from './symmetric-eigen.ts';
export { kthLargest, kthSmallest, largestIndices, smallestIndices } from './top-k.ts';
export { type ProductStructure } from './tiled-product.ts';
export { prepareVectorProducts, type VectorProducts } from './vector-products.ts';
