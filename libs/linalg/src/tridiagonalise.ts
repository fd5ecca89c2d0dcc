import { gramOfRows, multiply, multiplyTransposed } from './multiply.ts';
import { createRowKernels } from './row-kernels.ts';
import { rowRange, zeros, type Float64Matrix, type Matrix } from './matrix.ts';

/** A = Q · T · Qᵀ with T tridiagonal and Q = H₀ · H₁ · … of Hₖ = I − factorₖ · vₖ · vₖᵀ. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Element i is T[i + 1, i]; the last is unused. */
  readonly offDiagonal: Float64Array;
  /** Row k is vₖ, shape [max(0, n − 2), n]. */
  readonly reflectors: Float64Matrix;
  readonly factors: Float64Array;
}

const stepsBetweenNews = 32;

/**
 * Householder tridiagonalisation of a symmetric [n, n] matrix over `scale`; only its lower triangle is read.
 *
 * @param onProgress told every now and then what share is done, in [0, 1]
 */
export function tridiagonalise(a: Matrix, scale: number, onProgress: (fraction: number) => void): Tridiagonal {
  const n = a.rows;
  const steps = Math.max(0, n - 2);
  const reflectors = zeros(steps, n);
  const factors = new Float64Array(steps);
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const work = createWorkspace(a, scale);

  for (let k = 0; k < steps; k++) {
    // A step costs as much as what is left is large, squared.
    if (k % stepsBetweenNews === 0) onProgress(1 - (1 - k / n) ** 3);
    const v = reflectors.data.subarray(k * n, (k + 1) * n);
    diagonal[k] = work.at(k, k);
    for (let i = k + 1; i < n; i++) v[i] = work.at(i, k);
    const { factor, reflected } = makeReflector(v, k + 1);
    factors[k] = factor;
    offDiagonal[k] = reflected;
    if (factor !== 0) work.applyBothSides(k + 1, v, factor);
  }
  for (let k = steps; k < n; k++) diagonal[k] = work.at(k, k);
  if (n > 1) offDiagonal[n - 2] = work.at(n - 1, n - 2);
  return { diagonal, offDiagonal, reflectors, factors };
}

/** Turns the vector x in v[from…] into the v, factor for which (I − factor · v · vᵀ) · x = (reflected, 0, …). */
function makeReflector(v: Float64Array, from: number): { factor: number; reflected: number } {
  let scale = 0;
  for (let i = from; i < v.length; i++) scale = Math.max(scale, Math.abs(v[i]));
  let tail = 0;
  // Scaling keeps the squares of tiny and huge columns representable.
  for (let i = from + 1; i < v.length; i++) tail += (v[i] / (scale || 1)) ** 2;
  if (tail === 0) {
    const reflected = v[from];
    v.fill(0);
    return { factor: 0, reflected };
  }
  const first = v[from] / scale;
  const length = Math.sqrt(first * first + tail);
  const reflected = first > 0 ? -length : length;
  const pivot = first - reflected;
  for (let i = from + 1; i < v.length; i++) v[i] = v[i] / scale / pivot;
  v[from] = 1;
  return { factor: -pivot / reflected, reflected: reflected * scale };
}

/** The lower triangle of the matrix beside two vectors, in a buffer that the row kernels read. */
function createWorkspace(matrix: Matrix, scale: number) {
  const n = matrix.rows;
  // Rows are handled by pairs of numbers, and the last pair may reach one beyond the row.
  const stride = n + (n % 2) + 2;
  const kernels = createRowKernels(8 * stride * (n + 2));
  const a = new Float64Array(kernels.buffer, 0, stride * n);
  const v = new Float64Array(kernels.buffer, 8 * stride * n, stride);
  const w = new Float64Array(kernels.buffer, 8 * stride * (n + 1), stride);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * stride + j] = matrix.data[i * n + j] / scale;

  /** A ← H · A · H on rows and columns from `from`: A − v · wᵀ − w · vᵀ with w = factor · (A·v − half · v). */
  function applyBothSides(from: number, reflector: Float64Array, factor: number): void {
    v.set(reflector);
    w.fill(0);
    const vAt = v.byteOffset + 8 * from;
    const wAt = w.byteOffset + 8 * from;
    for (let i = from; i < n; i++) {
      const before = i - from;
      const onDiagonal = a[i * stride + i] * v[i];
      const sum = kernels.dotAndAdd(8 * (i * stride + from), vAt, wAt, v[i], (before + 1) >> 1);
      // An odd row's last pair holds the diagonal, which has then been counted on both sides.
      w[i] += before % 2 === 0 ? sum + onDiagonal : sum - onDiagonal;
    }
    let projection = 0;
    for (let i = from; i < n; i++) {
      w[i] *= factor;
      projection += w[i] * v[i];
    }
    const half = (factor * projection) / 2;
    for (let i = from; i < n; i++) w[i] -= half * v[i];
    for (let i = from; i < n; i++) {
      kernels.subtractRankTwo(8 * (i * stride + from), vAt, wAt, v[i], w[i], (i - from + 2) >> 1);
    }
  }

  return { at: (i: number, j: number): number => a[i * stride + j], applyBothSides };
}

/**
 * Every row x of `vectors` becomes Q · x, in blocks of reflectors I − Vᵀ · T · V so that the work is matrix products.
 *
 * @see Schreiber and Van Loan 1989, A storage-efficient WY representation, doi:10.1137/0910005
 */
export function reflectRows(vectors: Float64Matrix, reflectors: Float64Matrix, factors: Float64Array): void {
  const blockSize = 64;
  for (let end = reflectors.rows; end > 0; end -= blockSize) {
    const start = Math.max(0, end - blockSize);
    const v = rowRange(reflectors, start, end);
    const t = compactFactor(v, factors.subarray(start, end));
    // x · (I − Vᵀ T V)ᵀ for rows x.
    const correction = multiply(multiplyTransposed(multiplyTransposed(vectors, v), t), v);
    for (let i = 0; i < vectors.data.length; i++) vectors.data[i] -= correction.data[i];
  }
}

/** The upper-triangular T with H₀ · H₁ · … = I − Vᵀ · T · V. */
function compactFactor(v: Matrix, factors: Float64Array): Float64Matrix {
  const count = v.rows;
  const inner = gramOfRows(v);
  const t = zeros(count, count);
  for (let j = 0; j < count; j++) {
    t.data[j * count + j] = factors[j];
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += t.data[i * count + k] * inner.data[k * count + j];
      t.data[i * count + j] = -factors[j] * sum;
    }
  }
  return t;
}
