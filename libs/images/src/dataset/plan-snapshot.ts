import { InvalidArgumentError, splits, type Digest, type Split } from '@outsider/domain';

import { assignClass, assignGroup, defaultSplitShares, type AssignedEntry, type SplitShares } from './assign-splits.ts';
import { compareText, type SkippedFile } from './dataset-entry.ts';
import { dropDuplicates, type DuplicateFile } from './drop-duplicates.ts';
import { type ExaminedEntry, type ReadableEntry, type UnreadableEntry } from './examine-files.ts';
import { findNearDuplicates } from './near-duplicates.ts';

export interface SnapshotOptions {
  /** Decides, together with their content, which photos go where. */
  readonly seed?: number;
  readonly shares?: SplitShares;
  /** A class of which more than this share cannot be read is refused. */
  readonly maxUnreadableShare?: number;
  /** What the scan of the folder left out, to stand in the report. */
  readonly skipped?: readonly SkippedFile[];
}

export interface SnapshotItem {
  readonly sha256: Digest;
  readonly path: string;
  /** The class of an in-distribution photo; null for an irrelevant one. */
  readonly label: string | null;
  /** The category of an irrelevant photo; null for an in-distribution one. */
  readonly group: string | null;
  readonly split: Split;
  /** Size of the encoded file. */
  readonly bytes: number;
}

/** How many photos a class or group gives to each split, and lost on the way. */
export interface SnapshotCounts {
  readonly kind: 'class' | 'group';
  readonly name: string;
  readonly splits: Readonly<Record<Split, number>>;
  readonly unreadable: number;
}

export interface SnapshotReport {
  readonly counts: readonly SnapshotCounts[];
  readonly splits: Readonly<Record<Split, number>>;
  /** Files that are no photos for us. */
  readonly unreadable: readonly SkippedFile[];
  /** Files and folders that are not part of the layout. */
  readonly skipped: readonly SkippedFile[];
  readonly duplicates: readonly DuplicateFile[];
  /** Photos of different splits that look alike, at most 100 pairs. They stay: only a person can tell. */
  readonly nearDuplicates: readonly { readonly paths: readonly [string, string]; readonly distance: number }[];
  /** False: only detectors that need no irrelevant photos can be fitted. */
  readonly hasIrrelevant: boolean;
}

export interface SnapshotPlan {
  /** Ordered by split, label, group and content hash; every content hash once. */
  readonly items: readonly SnapshotItem[];
  /** Sorted. The position of a class is its index in the backbone's output. */
  readonly classes: readonly string[];
  readonly groups: readonly string[];
  readonly report: SnapshotReport;
}

/** Enough pairs to see a problem; a person looks at them one by one. */
const maxNearDuplicates = 100;

/**
 * Decides which photo is used for what. Every split is filled from each class and group in exact proportion; which
 * photos go where depends on their content and the seed alone, so that a photo added later moves few others.
 *
 * - `train/` → train. `valid/` → fit, calibrate, test (30, 50, 20 %); a class without photos there gives 30 % of its
 *   training photos instead.
 * - `irrelevant/` → fit, select, test (50, 20, 30 %); of small groups, fit gets the first photo and test the second.
 * - `unseen/` → test.
 *
 * @throws {InvalidArgumentError} when there are fewer than two classes, more than 5 % of a class cannot be read, or a
 *   class has fewer than two photos left
 */
export function planSnapshot(entries: Iterable<ExaminedEntry>, options: SnapshotOptions = {}): SnapshotPlan {
  const { seed = 0, shares = defaultSplitShares, maxUnreadableShare = 0.05, skipped = [] } = options;
  const readable: ReadableEntry[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const entry of entries) {
    if ('problem' in entry) unreadable.push(entry);
    else readable.push(entry);
  }
  checkUnreadable(readable, unreadable, maxUnreadableShare);
  const { kept, duplicates } = dropDuplicates(readable);
  const byClass = groupByName(kept, ({ label }) => label);
  const byGroup = groupByName(kept, ({ group }) => group);
  checkClasses(readable, byClass);

  const assigned = [
    ...[...byClass.values()].flatMap((list) => assignClass(list, shares, seed)),
    ...[...byGroup.values()].flatMap((list) => assignGroup(list, shares, seed)),
  ];
  const items = assigned
    .map(({ entry: { sha256, path, label, group, bytes }, split }) => ({ sha256, path, label, group, split, bytes }))
    .sort(compareItems);
  return {
    items,
    classes: [...byClass.keys()],
    groups: [...byGroup.keys()],
    report: {
      counts: [
        ...countByName('class', items, unreadable, ({ label }) => label),
        ...countByName('group', items, unreadable, ({ group }) => group),
      ],
      splits: countSplits(items),
      unreadable: unreadable.map(({ path, problem }) => ({ path, reason: problem })).sort(comparePaths),
      skipped: [...skipped].sort(comparePaths),
      duplicates,
      nearDuplicates: findLeaks(assigned),
      hasIrrelevant: kept.some(({ role }) => role === 'irrelevant'),
    },
  };
}

function checkUnreadable(readable: ReadableEntry[], unreadable: UnreadableEntry[], maxShare: number): void {
  const good = groupByName(readable, ({ label }) => label);
  for (const [label, bad] of groupByName(unreadable, ({ label }) => label)) {
    const total = bad.length + (good.get(label)?.length ?? 0);
    if (bad.length <= maxShare * total) continue;
    throw new InvalidArgumentError(
      `class "${label}": ${bad.length} of ${total} files cannot be read as images, expected at most ` +
        `${Math.round(maxShare * 100)} % (the first: ${bad[0].path}: ${bad[0].problem})`,
      { reason: 'TOO_MANY_UNREADABLE', class: label },
    );
  }
}

function checkClasses(readable: ReadableEntry[], byClass: ReadonlyMap<string, ReadableEntry[]>): void {
  const names = [...groupByName(readable, ({ label }) => label).keys()];
  if (names.length < 2) {
    const found = names.length === 0 ? 'no photos of any class' : `photos of one class only, "${names[0]}"`;
    throw new InvalidArgumentError(`the dataset has ${found}; expected at least two classes`);
  }
  for (const name of names) {
    const left = byClass.get(name) ?? [];
    const training = left.filter(({ role }) => role === 'train').length;
    if (left.length >= 2 && training >= 1) continue;
    throw new InvalidArgumentError(
      `class "${name}" has ${left.length} different photos (${training} in train/); ` +
        'expected at least one to train on and one to hold out',
    );
  }
}

/** Pairs that look alike in different splits: the test may know them already. */
function findLeaks(assigned: readonly AssignedEntry[]): SnapshotReport['nearDuplicates'] {
  const photos = assigned.map(({ entry: { path, fingerprint }, split }) => ({ path, fingerprint, split }));
  const pairs = findNearDuplicates(photos, (a, b) => a.split !== b.split, maxNearDuplicates);
  return pairs.map(({ first, second, distance }) => ({ paths: [first.path, second.path], distance }));
}

function countByName(
  kind: SnapshotCounts['kind'],
  items: readonly SnapshotItem[],
  unreadable: readonly UnreadableEntry[],
  nameOf: (item: { label: string | null; group: string | null }) => string | null,
): SnapshotCounts[] {
  const lost = groupByName(unreadable, nameOf);
  const present = groupByName(items, nameOf);
  const names = [...new Set([...present.keys(), ...lost.keys()])].sort(compareText);
  return names.map((name) => {
    return { kind, name, splits: countSplits(present.get(name) ?? []), unreadable: lost.get(name)?.length ?? 0 };
  });
}

function countSplits(items: readonly SnapshotItem[]): Record<Split, number> {
  const counts = { train: 0, fit: 0, calibrate: 0, select: 0, test: 0 };
  for (const { split } of items) counts[split]++;
  return counts;
}

/** Items by name, in the order of the names; items without one (null) are left out. */
function groupByName<Item>(items: Iterable<Item>, nameOf: (item: Item) => string | null): Map<string, Item[]> {
  const lists = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    if (name === null) continue;
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [item]);
    else list.push(item);
  }
  return new Map([...lists].sort(([a], [b]) => compareText(a, b)));
}

function compareItems(a: SnapshotItem, b: SnapshotItem): number {
  return (
    splits.indexOf(a.split) - splits.indexOf(b.split) ||
    compareText(a.label ?? '', b.label ?? '') ||
    compareText(a.group ?? '', b.group ?? '') ||
    compareText(a.sha256, b.sha256)
  );
}

function comparePaths(a: SkippedFile, b: SkippedFile): number {
  return compareText(a.path, b.path);
}
