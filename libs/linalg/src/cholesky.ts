import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { multiply, multiplyTransposed, transposedMultiply } from './multiply.ts';
import { row, rowRange, zeros, type Float64Matrix, type Matrix } from './matrix.ts';

const blockSize = 128;

/**
 * The lower-triangular L with L · Lᵀ = `a`, by blocks of columns, left-looking: most of the work is matrix products whose
 * depth is all that is known of L so far, and each number is subtracted from once a block.
 *
 * @param a symmetric positive definite, shape [n, n]; only its lower triangle is read
 * @returns shape [n, n], zeros above the diagonal
 * @throws {ShapeError} when `a` is not square
 * @throws {InvalidArgumentError} when `a` is not positive definite in floating point
 */
export function cholesky(a: Matrix): Float64Matrix {
  const n = requireSquare(a, 'matrix to factorise');
  const l = zeros(n, n);
  for (let i = 0; i < n; i++) l.data.set(a.data.subarray(i * n, i * n + i + 1), i * n);

  for (let start = 0; start < n; start += blockSize) {
    const end = Math.min(n, start + blockSize);
    if (start > 0) subtractKnown(l, start, end);
    factoriseDiagonalBlock(l, start, end);
    if (end === n) break;
    const panel = multiplyTransposed(subMatrix(l, end, n, start, end), invertDiagonalBlock(l, start, end));
    for (let i = end; i < n; i++) l.data.set(row(panel, i - end), i * n + start);
  }
  return l;
}

/** Takes what the columns left of `start` explain out of columns start … end, from the diagonal down. */
function subtractKnown(l: Float64Matrix, start: number, end: number): void {
  const { data, cols: n } = l;
  const known = subMatrix(l, start, n, 0, start);
  const explained = multiplyTransposed(known, rowRange(known, 0, end - start));
  for (let i = start; i < n; i++) {
    const from = (i - start) * (end - start) - start;
    for (let j = start, last = Math.min(i + 1, end); j < last; j++) data[i * n + j] -= explained.data[from + j];
  }
}

function factoriseDiagonalBlock(l: Float64Matrix, start: number, end: number): void {
  const { data, cols: n } = l;
  for (let j = start; j < end; j++) {
    let pivot = data[j * n + j];
    for (let k = start; k < j; k++) pivot -= data[j * n + k] ** 2;
    if (!(pivot > 0)) throw new InvalidArgumentError(`matrix is not positive definite: pivot ${j} of ${n} is ${pivot}`);
    const diagonal = Math.sqrt(pivot);
    data[j * n + j] = diagonal;
    for (let i = j + 1; i < end; i++) {
      let sum = data[i * n + j];
      for (let k = start; k < j; k++) sum -= data[i * n + k] * data[j * n + k];
      data[i * n + j] = sum / diagonal;
    }
  }
}

/** The inverse of rows and columns start … end of L [n, n], so that solving with them is a matrix product. */
export function invertDiagonalBlock(l: Matrix, start: number, end: number): Float64Matrix {
  const size = end - start;
  const inverse = zeros(size, size);
  for (let i = 0; i < size; i++) {
    const from = (start + i) * l.cols + start;
    inverse.data[i * size + i] = 1;
    for (let k = 0; k < i; k++) subtractScaledRow(inverse.data, i * size, k * size, k + 1, l.data[from + k]);
    scaleRow(inverse.data, i * size, i + 1, 1 / l.data[from + i]);
  }
  return inverse;
}

/**
 * The x with L · x = b, for every column of b.
 *
 * @param l lower triangular, shape [n, n], no zero on the diagonal
 * @param b shape [n, m]
 * @returns shape [n, m]
 * @throws {ShapeError}
 */
export function solveLower(l: Matrix, b: Matrix): Float64Matrix {
  const n = requireSquare(l, 'triangular matrix');
  const x = copyOf(b, n);
  for (let start = 0; start < n; start += blockSize) {
    const end = Math.min(n, start + blockSize);
    if (start > 0) subtractRows(x, start, multiply(subMatrix(l, start, end, 0, start), rowRange(x, 0, start)));
    x.data.set(multiply(invertDiagonalBlock(l, start, end), rowRange(x, start, end)).data, start * x.cols);
  }
  return x;
}

/**
 * The x with Lᵀ · x = b, for every column of b.
 *
 * @param l lower triangular, shape [n, n], no zero on the diagonal
 * @param b shape [n, m]
 * @returns shape [n, m]
 * @throws {ShapeError}
 */
export function solveLowerTransposed(l: Matrix, b: Matrix): Float64Matrix {
  const n = requireSquare(l, 'triangular matrix');
  const x = copyOf(b, n);
  for (let start = Math.floor((n - 1) / blockSize) * blockSize; start >= 0; start -= blockSize) {
    const end = Math.min(n, start + blockSize);
    if (end < n) subtractRows(x, start, transposedMultiply(subMatrix(l, end, n, start, end), rowRange(x, end, n)));
    x.data.set(transposedMultiply(invertDiagonalBlock(l, start, end), rowRange(x, start, end)).data, start * x.cols);
  }
  return x;
}

/** The x with a · x = b for a = L · Lᵀ. Shapes as in {@link solveLower}. */
export function solveCholesky(l: Matrix, b: Matrix): Float64Matrix {
  return solveLowerTransposed(l, solveLower(l, b));
}

function requireSquare(a: Matrix, what: string): number {
  if (a.rows !== a.cols) throw new ShapeError(what, ['n', 'n'], [a.rows, a.cols]);
  return a.rows;
}

function copyOf(b: Matrix, n: number): Float64Matrix {
  if (b.rows !== n) throw new ShapeError('right-hand side', [n, 'm'], [b.rows, b.cols]);
  return { rows: n, cols: b.cols, data: Float64Array.from(b.data) };
}

function subMatrix(a: Matrix, fromRow: number, toRow: number, fromCol: number, toCol: number): Float64Matrix {
  const out = zeros(toRow - fromRow, toCol - fromCol);
  for (let i = fromRow; i < toRow; i++) {
    out.data.set(a.data.subarray(i * a.cols + fromCol, i * a.cols + toCol), (i - fromRow) * out.cols);
  }
  return out;
}

function subtractRows(x: Float64Matrix, start: number, amount: Float64Matrix): void {
  const offset = start * x.cols;
  for (let i = 0; i < amount.data.length; i++) x.data[offset + i] -= amount.data[i];
}

function subtractScaledRow(data: Float64Array, to: number, from: number, count: number, factor: number): void {
  for (let j = 0; j < count; j++) data[to + j] -= factor * data[from + j];
}

function scaleRow(data: Float64Array, at: number, count: number, factor: number): void {
  for (let j = 0; j < count; j++) data[at + j] *= factor;
}
