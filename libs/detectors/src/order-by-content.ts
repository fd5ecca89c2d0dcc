import { createRandom, type Matrix } from '@outsider/linalg';

/**
 * The rows' indices in a random order that depends on what the rows hold and on the seed, not on where they stand: for
 * methods that deal rows into folds or batches, which are then the same however the photos were listed.
 *
 * @param x shape [n, d]; rows that are equal, with equal labels, are interchangeable
 * @param labels shape [n]
 */
export function orderByContent(x: Matrix, labels: ArrayLike<number>, seed: number): Int32Array {
  const { rows, cols, data } = x;
  const sorted = Int32Array.from({ length: rows }, (_, i) => i).sort((a, b) => {
    if (labels[a] !== labels[b]) return labels[a] - labels[b];
    for (let j = 0; j < cols; j++) {
      const difference = data[a * cols + j] - data[b * cols + j];
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return createRandom(seed)
    .permutation(rows)
    .map((at) => sorted[at]);
}
