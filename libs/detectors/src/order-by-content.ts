import { createRandom, type Matrix } from '@outsider/linalg';

/**
 * The rows' indices in a random order that depends on what the rows hold and on the seed, not on where they stand: for
 * methods that draw rows or deal them into folds or batches, which are then the same however the photos were listed.
 *
 * @param layers of the same photos, each of shape [n, its width]; rows that are equal in all of them, with equal labels,
 *   are interchangeable
 * @param labels shape [n]
 */
export function orderByContent(layers: readonly Matrix[], labels: ArrayLike<number>, seed: number): Int32Array {
  const sorted = Int32Array.from({ length: labels.length }, (_, i) => i).sort((a, b) => {
    if (labels[a] !== labels[b]) return labels[a] - labels[b];
    for (const { cols, data } of layers) {
      for (let j = 0; j < cols; j++) {
        const difference = data[a * cols + j] - data[b * cols + j];
        if (difference !== 0) return difference;
      }
    }
    return 0;
  });
  return createRandom(seed)
    .permutation(sorted.length)
    .map((at) => sorted[at]);
}
