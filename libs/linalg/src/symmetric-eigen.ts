import { ShapeError } from '@outsider/domain';
import { eigenvectorsAt } from './inverse-iteration.ts';
import { createRotated, diagonaliseTridiagonal, valuesByPart } from './tridiagonal-eigen.ts';
import { reflectRows, tridiagonalise } from './tridiagonalise.ts';
import { selectRows, type Float64Matrix, type Matrix } from './matrix.ts';

/** Of the time, with all the rest in the rotations. */
const tridiagonalShare = 0.3;

export interface SymmetricEigen {
  /** Largest first, shape [n]. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of values[i], shape [count, n]. */
  readonly vectors: Float64Matrix;
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to tridiagonal form, implicit QL; where
 * at most half of the vectors are wanted, inverse iteration instead of QL's rotations.
 *
 * @param a symmetric, shape [n, n]; only its lower triangle is read
 * @param count how many eigenvectors are wanted, those of the largest values, given all values; all by default
 * @param onProgress told every now and then what share is done, in [0, 1]; what it throws ends the work
 * @throws {ShapeError} when `a` is not square
 * @see Golub and Van Loan, Matrix Computations, 4th edition, sections 8.3.1, 8.3.5 and 8.4.2
 */
export function symmetricEigen(
  a: Matrix,
  count?: (values: Float64Array) => number,
  onProgress: (fraction: number) => void = () => undefined,
): SymmetricEigen {
  const n = a.rows;
  if (a.cols !== n) throw new ShapeError('symmetric matrix', ['n', 'n'], [a.rows, a.cols]);
  // Scaled to about one, squares neither overflow nor vanish; by a power of two, so that nothing is rounded.
  const scale = powerOfTwoAbove(a.data);
  const { diagonal, offDiagonal, reflectors, factors } = tridiagonalise(a, scale, (part) =>
    onProgress(part * tridiagonalShare),
  );
  const eigen =
    (count && fewVectors(diagonal, offDiagonal, scale, count)) ??
    manyVectors(diagonal, offDiagonal, scale, count, (part) =>
      onProgress(tridiagonalShare + part * (1 - tridiagonalShare)),
    );
  reflectRows(eigen.vectors, reflectors, factors);
  onProgress(1);
  return eigen;
}

/** Of a tridiagonal matrix over `scale`; undefined where more than half are wanted, or one does not converge. */
function fewVectors(
  d: Float64Array,
  e: Float64Array,
  scale: number,
  count: (values: Float64Array) => number,
): SymmetricEigen | undefined {
  const n = d.length;
  const found = valuesByPart(d, e).sort((a, b) => b.value - a.value || a.from - b.from);
  const values = Float64Array.from(found, ({ value }) => value * scale);
  const wanted = count(values);
  if (wanted > n / 2) return undefined;
  const vectors = eigenvectorsAt(d, e, found.slice(0, wanted));
  return vectors && { values, vectors };
}

/** The same by QL's rotations, whose cost does not depend on how many are wanted. */
function manyVectors(
  d: Float64Array,
  e: Float64Array,
  scale: number,
  count: (values: Float64Array) => number = (values) => values.length,
  onProgress: (fraction: number) => void,
): SymmetricEigen {
  const n = d.length;
  const rotated = createRotated(n);
  const diagonal = d.slice();
  diagonaliseTridiagonal(diagonal, e.slice(), (rotations, found) => {
    rotated.rotate(rotations);
    onProgress(found / n);
  });
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  const values = Float64Array.from(order, (i) => diagonal[i] * scale);
  const vectors = selectRows(rotated.toMatrix(), order.slice(0, count(values))) as Float64Matrix;
  return { values, vectors };
}

function powerOfTwoAbove(values: Float32Array | Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest > 0 && Number.isFinite(largest) ? 2 ** Math.min(1023, Math.ceil(Math.log2(largest))) : 1;
}
