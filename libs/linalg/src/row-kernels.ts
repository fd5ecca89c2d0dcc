import { dotAt } from './row-dots.ts';
import { instantiateSimd } from './simd-instance.ts';
import type { SimdExports } from './simd-module.ts';

/** Kernels on rows of one buffer, addressed in bytes. See {@link SimdExports} for what each does. */
export interface RowKernels extends Pick<
  SimdExports,
  'dot' | 'addScaled' | 'dotAndAdd' | 'subtractRankTwo' | 'rotate'
> {
  readonly buffer: ArrayBuffer;
}

/** Row kernels over a fresh, zeroed buffer of at least `bytes`, in SIMD where there is one. */
export function createRowKernels(bytes: number): RowKernels {
  const simd = instantiateSimd(bytes);
  return simd ? { buffer: simd.memory.buffer, ...simd.kernels } : portableRowKernels(bytes);
}

/** The same in plain JavaScript; sums may differ in the last digit, because they run in another order. */
export function portableRowKernels(bytes: number): RowKernels {
  const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
  const x = new Float64Array(buffer);
  return {
    buffer,
    dot(aAt, bAt, eights) {
      const [a, b] = [aAt >>> 3, bAt >>> 3];
      return dotAt(x.subarray(a, a + 8 * eights), x, b);
    },
    addScaled(yAt, xAt, factor, eights) {
      const [to, from] = [yAt >>> 3, xAt >>> 3];
      for (let j = 0; j < 8 * eights; j++) x[to + j] += factor * x[from + j];
    },
    dotAndAdd(aAt, vAt, wAt, scale, pairs) {
      const [a, v, w] = [aAt >>> 3, vAt >>> 3, wAt >>> 3];
      let even = 0;
      let odd = 0;
      for (let j = 0; j < 2 * pairs; j += 2) {
        const first = x[a + j];
        const second = x[a + j + 1];
        even += first * x[v + j];
        odd += second * x[v + j + 1];
        x[w + j] += first * scale;
        x[w + j + 1] += second * scale;
      }
      return even + odd;
    },
    subtractRankTwo(aAt, vAt, wAt, vi, wi, pairs) {
      const [a, v, w] = [aAt >>> 3, vAt >>> 3, wAt >>> 3];
      for (let j = 0; j < 2 * pairs; j++) x[a + j] -= vi * x[w + j] + wi * x[v + j];
    },
    rotate(rowsAt, rotationsAt, count) {
      for (let r = 0, at = rotationsAt >>> 3; r < count; r++, at += 3) {
        const upper = (rowsAt + x[at]) >>> 3;
        const c = x[at + 1];
        const s = x[at + 2];
        for (let j = upper; j < upper + 8; j++) {
          const above = x[j];
          const below = x[j + 8];
          x[j + 8] = s * above + c * below;
          x[j] = c * above - s * below;
        }
      }
    },
  };
}
