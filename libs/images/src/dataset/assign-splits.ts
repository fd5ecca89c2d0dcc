import { createHash } from 'node:crypto';

import { type Split } from '@outsider/domain';

import { compareText } from './dataset-entry.ts';
import { type ReadableEntry } from './examine-files.ts';
import { shareOut } from './share-out.ts';

/** Relative sizes; they need not add up to one. */
export interface SplitShares {
  /** Share of a class's training photos, from 0 to 1, that is held out when it has no photos in `valid/`. */
  readonly heldOut: number;
  /** How the held-out photos of a class are divided. */
  readonly inDistribution: Readonly<Record<'fit' | 'calibrate' | 'test', number>>;
  /** How the irrelevant photos of a group are divided. Of a small group the larger share gets the first photo. */
  readonly irrelevant: Readonly<Record<'fit' | 'test' | 'select', number>>;
}

export const defaultSplitShares: SplitShares = {
  heldOut: 0.3,
  inDistribution: { fit: 0.3, calibrate: 0.5, test: 0.2 },
  irrelevant: { fit: 0.5, test: 0.3, select: 0.2 },
};

export interface AssignedEntry {
  readonly entry: ReadableEntry;
  readonly split: Split;
}

/** Divides the photos of one class: `train` and `valid`, or, without the latter, a part of the former. */
export function assignClass(entries: readonly ReadableEntry[], shares: SplitShares, seed: number): AssignedEntry[] {
  const train = rankByContent(
    entries.filter(({ role }) => role === 'train'),
    seed,
  );
  const valid = rankByContent(
    entries.filter(({ role }) => role === 'valid'),
    seed,
  );
  if (valid.length === 0) {
    const { heldOut } = shareOut(train.length, { train: 1 - shares.heldOut, heldOut: shares.heldOut });
    valid.push(...train.splice(0, heldOut));
  }
  return [...train.map((entry) => ({ entry, split: 'train' as const })), ...deal(valid, shares.inDistribution)];
}

/** Divides the photos of one irrelevant group; the unseen ones are for the test alone. */
export function assignGroup(entries: readonly ReadableEntry[], shares: SplitShares, seed: number): AssignedEntry[] {
  const irrelevant = rankByContent(
    entries.filter(({ role }) => role === 'irrelevant'),
    seed,
  );
  const unseen = entries.filter(({ role }) => role === 'unseen');
  return [...deal(irrelevant, shares.irrelevant), ...unseen.map((entry) => ({ entry, split: 'test' as const }))];
}

/** Hands the entries out in their order, to each split its share. */
function deal<Name extends Split>(
  ranked: readonly ReadableEntry[],
  shares: Readonly<Record<Name, number>>,
): AssignedEntry[] {
  const counts = shareOut(ranked.length, shares);
  const order = (Object.keys(shares) as Name[]).flatMap((split) => new Array<Name>(counts[split]).fill(split));
  return ranked.map((entry, i) => ({ entry, split: order[i] }));
}

/** An order that depends on content and seed alone: a photo added later moves few others to another split. */
function rankByContent(entries: readonly ReadableEntry[], seed: number): ReadableEntry[] {
  return entries
    .map((entry) => ({ entry, rank: createHash('sha256').update(`${seed}:${entry.sha256}`).digest('hex') }))
    .sort((a, b) => compareText(a.rank, b.rank))
    .map(({ entry }) => entry);
}
