import { instantiateSimd, type SimdInstance } from './simd-instance.ts';
import type { Matrix } from './matrix.ts';

/** Floats of one block that is copied to where the SIMD kernels reach it: 512 KiB, which stay in the cache. */
const blockFloats = 1 << 17;
/** Longer rows than this are left to plain JavaScript. */
const maxCols = 1 << 14;
const maxBlockRows = 1024;
/** Below this many numbers, setting up costs more than it saves. */
const fewNumbers = 4096;

/** Where things lie in the kernels' memory, in bytes. */
const vectorAt = 4 * blockFloats;
const resultsAt = vectorAt + 8 * maxCols;

let simd: SimdInstance | null | undefined;

/** The inner product of every row of `a` with `v`, in float64. The caller has checked that they are of one length. */
export function rowDots(a: Matrix, v: Float32Array | Float64Array): Float64Array {
  const { rows, cols, data } = a;
  if (data instanceof Float32Array && data.length >= fewNumbers && cols >= 16 && cols <= maxCols) {
    if (simd === undefined) simd = instantiateSimd(resultsAt + 8 * maxBlockRows) ?? null;
    if (simd) return simdRowDots(simd, data, rows, cols, v);
  }
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) out[i] = dotAt(v, data, i * cols);
  return out;
}

/** Copying a block costs little: it must be read from memory once in any case, and is then multiplied in the cache. */
function simdRowDots(
  { memory, kernels }: SimdInstance,
  data: Float32Array,
  rows: number,
  cols: number,
  v: Float32Array | Float64Array,
): Float64Array {
  const out = new Float64Array(rows);
  const block = new Float32Array(memory.buffer, 0, blockFloats);
  const results = new Float64Array(memory.buffer, resultsAt, maxBlockRows);
  new Float64Array(memory.buffer, vectorAt, cols).set(v);
  const blockRows = Math.min(maxBlockRows, Math.floor(blockFloats / cols));
  const eights = cols >> 3;
  for (let from = 0; from < rows; from += blockRows) {
    const count = Math.min(blockRows, rows - from);
    block.set(data.subarray(from * cols, (from + count) * cols));
    kernels.dotRows(0, 4 * cols, count, vectorAt, eights, resultsAt);
    for (let i = 0; i < count; i++) {
      let sum = results[i];
      for (let j = 8 * eights, k = (from + i) * cols + j; j < cols; j++, k++) sum += v[j] * data[k];
      out[from + i] = sum;
    }
  }
  return out;
}

/** a · b[from … from + a.length], with four sums so that the additions do not wait for each other. */
export function dotAt(a: Float32Array | Float64Array, b: Float32Array | Float64Array, from: number): number {
  const n = a.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < n; k += 4) {
    s0 += a[k] * b[from + k];
    s1 += a[k + 1] * b[from + k + 1];
    s2 += a[k + 2] * b[from + k + 2];
    s3 += a[k + 3] * b[from + k + 3];
  }
  for (; k < n; k++) s0 += a[k] * b[from + k];
  return s0 + s1 + (s2 + s3);
}
