import { InvalidArgumentError } from '@outsider/domain';
import type { PartValue } from './inverse-iteration.ts';
import { zeros, type Float64Matrix } from './matrix.ts';
import { createRowKernels } from './row-kernels.ts';

/** Plane rotations in the order they were made: rotation r mixes rows rows[r] and rows[r] + 1. */
export interface Rotations {
  readonly count: number;
  readonly rows: Int32Array;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

const maxSweepsPerValue = 60;
const rotationsPerBatch = 1 << 12;

/**
 * Turns a symmetric tridiagonal matrix into its eigenvalues in place, by QL with implicit Wilkinson shifts.
 *
 * The rotations do not depend on the eigenvectors, so they are handed out in batches, to be applied by cache-sized
 * blocks of columns.
 *
 * @param d diagonal, shape [n]; eigenvalues afterwards, in no order
 * @param e e[i] couples i and i + 1, shape [n]; destroyed
 * @param onRotations also told how many eigenvalues are known
 * @throws {InvalidArgumentError} when an eigenvalue does not converge: the matrix held NaN or infinities
 */
export function diagonaliseTridiagonal(
  d: Float64Array,
  e: Float64Array,
  onRotations: (batch: Rotations, found: number) => void,
): void {
  const n = d.length;
  const rows = new Int32Array(rotationsPerBatch + n);
  const cosines = new Float64Array(rotationsPerBatch + n);
  const sines = new Float64Array(rotationsPerBatch + n);
  let count = 0;
  if (n > 0) e[n - 1] = 0;
  const negligible = Number.EPSILON * largestRowSum(d, e);

  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      const m = firstNegligible(d, e, l, negligible);
      if (m === l) break;
      if (sweep === maxSweepsPerValue) throw new InvalidArgumentError(`eigenvalue ${l} of ${n} does not converge`);

      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          // The matrix split in the middle of the sweep: the shift is undone and the parts go on alone.
          d[i + 1] -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        rows[count] = i;
        cosines[count] = c;
        sines[count] = s;
        count++;
      }
      if (r !== 0 || i < l) {
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
      }
      if (count >= rotationsPerBatch) {
        onRotations({ count, rows, cosines, sines }, l);
        count = 0;
      }
    }
  }
  if (count > 0) onRotations({ count, rows, cosines, sines }, n);
}

/**
 * The eigenvalues alone, each with the part of the matrix that it belongs to: a negligible coupling parts it.
 *
 * @param d diagonal, shape [n]
 * @param e e[i] couples i and i + 1, shape [n]
 * @throws {InvalidArgumentError} as {@link diagonaliseTridiagonal}
 */
export function valuesByPart(d: Float64Array, e: Float64Array): PartValue[] {
  const negligible = Number.EPSILON * largestRowSum(d, e);
  const found: PartValue[] = [];
  for (let from = 0; from < d.length;) {
    const to = firstNegligible(d, e, from, negligible) + 1;
    const values = d.slice(from, to);
    diagonaliseTridiagonal(values, e.slice(from, to), () => undefined);
    for (const value of values) found.push({ value, from, to });
    from = to;
  }
  return found;
}

/**
 * The first m ≥ l whose coupling to m + 1 is below rounding of the whole matrix. Rounding of its neighbours alone would
 * never be reached where these are themselves what rounding left of zero, as in a matrix of low rank.
 */
function firstNegligible(d: Float64Array, e: Float64Array, l: number, negligible: number): number {
  let m = l;
  while (m < d.length - 1 && !(Math.abs(e[m]) <= negligible)) m++;
  return m;
}

function largestRowSum(d: Float64Array, e: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < d.length; i++) largest = Math.max(largest, Math.abs(d[i]) + Math.abs(e[i]));
  return largest;
}

/**
 * The identity, and whatever rotations of its rows do to it.
 *
 * It is kept in strips of eight columns, [n, 8] each, so that a batch of rotations stays in the cache with the strip it
 * works on.
 */
export function createRotated(n: number): { rotate(rotations: Rotations): void; toMatrix(): Float64Matrix } {
  const strips = Math.ceil(n / 8);
  const listAt = 64 * n * strips;
  const kernels = createRowKernels(listAt + 24 * (rotationsPerBatch + n));
  const data = new Float64Array(kernels.buffer, 0, 8 * n * strips);
  const list = new Float64Array(kernels.buffer, listAt);
  const index = (i: number, j: number): number => (j >> 3) * 8 * n + 8 * i + (j & 7);
  for (let i = 0; i < n; i++) data[index(i, i)] = 1;

  return {
    rotate({ count, rows, cosines, sines }) {
      for (let r = 0; r < count; r++) {
        list[3 * r] = 64 * rows[r];
        list[3 * r + 1] = cosines[r];
        list[3 * r + 2] = sines[r];
      }
      for (let strip = 0; strip < strips; strip++) kernels.rotate(64 * n * strip, listAt, count);
    },
    toMatrix() {
      const out = zeros(n, n);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out.data[i * n + j] = data[index(i, j)];
      return out;
    },
  };
}
