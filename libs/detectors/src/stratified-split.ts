import { InvalidArgumentError } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';

export interface StratifiedSplit {
  /** Ascending indices. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * A random split that keeps the share of every class: ⌈testShare · n⌉ samples to test, rounded within classes by the
 * largest remainder.
 *
 * @param labels shape [n]
 * @param testShare in (0, 1)
 * @throws {InvalidArgumentError} when the share is out of range
 */
export function stratifiedSplit(labels: ArrayLike<number>, testShare: number, seed: number): StratifiedSplit {
  if (!(testShare > 0 && testShare < 1))
    throw new InvalidArgumentError(`test share: expected a number between 0 and 1, got ${testShare}`);
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const own = members.get(labels[i]);
    if (own) own.push(i);
    else members.set(labels[i], [i]);
  }
  const classes = [...members.keys()].sort((a, b) => a - b);
  // 0.3 · 522 is 156.6, but 0.1 · 30 is 3.0000000000000004: a rounding error is not one more sample.
  const wanted = Math.ceil(testShare * labels.length - 1e-9);
  const exact = classes.map((label) => ((members.get(label)?.length ?? 0) * wanted) / labels.length);
  const quota = exact.map(Math.floor);
  const byRemainder = classes.map((_, k) => k).sort((a, b) => exact[b] - quota[b] - (exact[a] - quota[a]) || a - b);
  let missing = wanted - quota.reduce((sum, count) => sum + count, 0);
  for (const k of byRemainder) if (missing-- > 0) quota[k]++;

  const random = createRandom(seed);
  const isTest = new Uint8Array(labels.length);
  classes.forEach((label, k) => {
    const own = members.get(label) ?? [];
    const order = random.permutation(own.length);
    for (let i = 0; i < quota[k]; i++) isTest[own[order[i]]] = 1;
  });
  const all = Int32Array.from({ length: labels.length }, (_, i) => i);
  return { train: all.filter((i) => !isTest[i]), test: all.filter((i) => isTest[i]) };
}
