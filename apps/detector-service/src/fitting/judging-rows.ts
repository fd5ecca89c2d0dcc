import { createRandom } from '@outsider/linalg';
import type { FitRow } from './fit-task.ts';

/** Supervised methods are fitted again for every group and cut, so what they learn from is bounded. */
const maxRows = 2000;

/**
 * The rows that methods are compared on: of the splits `fit` and `select`, in order. When there are too many, the same
 * share of in-distribution photos and of each group is drawn at random, and at least two of each.
 */
export function judgingRows(rows: readonly FitRow[], seed: number, limit = maxRows): number[] {
  const strata = new Map<string, number[]>();
  let count = 0;
  for (const [i, { split, group }] of rows.entries()) {
    if (split !== 'fit' && split !== 'select') continue;
    const stratum = strata.get(group);
    if (stratum) stratum.push(i);
    else strata.set(group, [i]);
    count++;
  }
  const share = Math.min(1, limit / count);
  const random = createRandom(seed);
  const chosen = [...strata.values()].flatMap((members) => {
    const wanted = Math.max(2, Math.round(members.length * share));
    if (wanted >= members.length) return members;
    return Array.from(random.permutation(members.length).subarray(0, wanted), (at) => members[at]);
  });
  return chosen.sort((a, b) => a - b);
}
