import type { SnapshotItem } from '@outsider/database';
import { activeShares } from '@outsider/detectors';
import type { Matrix } from '@outsider/linalg';
import { quantile } from '@outsider/metrics';

/** Share of a layer's neurons above zero, over the photos of one part of a snapshot. */
export interface ActiveShareFigures {
  readonly photos: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** The parts that the tutorial compares. */
export type Part = 'train' | 'valid' | 'irrelevant';

/** @param activations [items, d], row i is item i */
export function activeShareFigures(
  items: readonly SnapshotItem[],
  activations: Matrix,
): Partial<Record<Part, ActiveShareFigures>> {
  const shares = activeShares(activations);
  const byPart = new Map<Part, number[]>();
  items.forEach((item, row) => {
    const part = item.label === null ? 'irrelevant' : item.split === 'train' ? 'train' : 'valid';
    byPart.set(part, [...(byPart.get(part) ?? []), shares[row]]);
  });
  return Object.fromEntries(
    [...byPart].map(([part, values]) => {
      const [p10, p50, p90] = [0.1, 0.5, 0.9].map((q) => quantile(Float64Array.from(values), q));
      return [part, { photos: values.length, p10, p50, p90 }];
    }),
  );
}
