import { createRandom } from '@outsider/linalg';

/**
 * `count` of the indices 0 … n − 1, drawn without replacement and sorted; all of them when `count` ≥ n. Drawn at
 * random rather than from the start, because banks often come sorted by class.
 */
export function sampleRows(n: number, count: number, seed: number): number[] {
  if (count >= n) return Array.from({ length: n }, (_, i) => i);
  return Array.from(createRandom(seed).permutation(n).subarray(0, count).sort());
}
