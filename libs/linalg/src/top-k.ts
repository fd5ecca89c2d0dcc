import { InvalidArgumentError } from '@outsider/domain';

type Values = Float32Array | Float64Array;

/**
 * The k-th smallest value, k = 1 being the smallest. Quickselect on a copy: O(n) on average, deterministic.
 *
 * @throws {InvalidArgumentError} when k is not in 1 … n
 */
export function kthSmallest(values: Values, k: number): number {
  const n = values.length;
  requireRank(k, n);
  const a = Float64Array.from(values);
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const pivot = medianOfThree(a[low], a[(low + high) >> 1], a[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i > j) break;
      const swapped = a[i];
      a[i++] = a[j];
      a[j--] = swapped;
    }
    if (k - 1 <= j) high = j;
    else if (k - 1 >= i) low = i;
    else break;
  }
  return a[k - 1];
}

/** The k-th largest value, k = 1 being the largest. @throws {InvalidArgumentError} when k is not in 1 … n */
export function kthLargest(values: Values, k: number): number {
  requireRank(k, values.length);
  return kthSmallest(values, values.length - k + 1);
}

/** Indices of the k smallest values, smallest first; of equal values the earlier index comes first. */
export function smallestIndices(values: Values, k: number): Int32Array {
  requireRank(k, values.length);
  const limit = kthSmallest(values, k);
  return rank(
    values,
    k,
    (value) => value < limit,
    limit,
    (a, b) => a - b,
  );
}

/** Indices of the k largest values, largest first; of equal values the earlier index comes first. */
export function largestIndices(values: Values, k: number): Int32Array {
  requireRank(k, values.length);
  const limit = kthLargest(values, k);
  return rank(
    values,
    k,
    (value) => value > limit,
    limit,
    (a, b) => b - a,
  );
}

function rank(
  values: Values,
  k: number,
  isInside: (value: number) => boolean,
  limit: number,
  compare: (a: number, b: number) => number,
): Int32Array {
  const chosen: number[] = [];
  for (let i = 0; i < values.length; i++) if (isInside(values[i])) chosen.push(i);
  for (let i = 0; i < values.length && chosen.length < k; i++) if (values[i] === limit) chosen.push(i);
  return Int32Array.from(chosen.sort((i, j) => compare(values[i], values[j]) || i - j));
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function requireRank(k: number, n: number): void {
  if (!Number.isInteger(k) || k < 1 || k > n)
    throw new InvalidArgumentError(`k: expected an integer in 1 … ${n}, got ${k}`);
}
