import { InvalidArgumentError, splits, type Split } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';

import { type DatasetRole } from './dataset-entry.ts';
import { type ExaminedEntry, type ReadableEntry } from './examine-files.ts';
import { planSnapshot, type SnapshotItem, type SnapshotPlan } from './plan-snapshot.ts';
import { snapshotManifest } from './snapshot-manifest.ts';

/** A readable photo; equal `content` means equal bytes. */
function photo(role: DatasetRole, name: string, file: string, content = `${name}/${file}`): ReadableEntry {
  const inside = role === 'train' || role === 'valid';
  return {
    path: `${role}/${name}/${file}`,
    role,
    label: inside ? name : null,
    group: inside ? null : name,
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: 1000,
    format: 'jpeg',
    width: 10,
    height: 10,
    fingerprint: null,
  };
}

function photos(role: DatasetRole, name: string, count: number): ReadableEntry[] {
  return Array.from({ length: count }, (_, i) => photo(role, name, `${role}-${i}.jpg`));
}

function broken(role: DatasetRole, name: string, file: string): ExaminedEntry {
  const { path, label, group } = photo(role, name, file);
  return { path, role, label, group, problem: 'it is torn' };
}

function countsOf(plan: SnapshotPlan, name: string): Partial<Record<Split, number>> {
  const counts = plan.report.counts.find((entry) => entry.name === name)?.splits ?? {};
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => Number(count) > 0));
}

function splitOf(plan: SnapshotPlan, path: string): Split | undefined {
  return plan.items.find((item) => item.path === path)?.split;
}

const twoClasses = [...photos('train', 'cat', 40), ...photos('train', 'dog', 30)];

describe('planSnapshot', () => {
  it('fills the splits from every class and group in exact proportion', () => {
    const plan = planSnapshot([
      ...twoClasses,
      ...photos('valid', 'cat', 20),
      ...photos('valid', 'dog', 10),
      ...photos('irrelevant', 'food', 10),
      ...photos('unseen', 'toys', 7),
    ]);
    expect(countsOf(plan, 'cat')).toEqual({ train: 40, fit: 6, calibrate: 10, test: 4 });
    expect(countsOf(plan, 'dog')).toEqual({ train: 30, fit: 3, calibrate: 5, test: 2 });
    expect(countsOf(plan, 'food')).toEqual({ fit: 5, select: 2, test: 3 });
    expect(countsOf(plan, 'toys')).toEqual({ test: 7 });
    expect(plan.report.splits).toEqual({ train: 70, fit: 14, calibrate: 15, select: 2, test: 16 });
    expect(plan.classes).toEqual(['cat', 'dog']);
    expect(plan.groups).toEqual(['food', 'toys']);
    expect(plan.report.hasIrrelevant).toBe(true);
  });

  it('holds out a part of train where a class has no validation photos', () => {
    const plan = planSnapshot([...twoClasses, ...photos('valid', 'dog', 10)]);
    expect(countsOf(plan, 'cat')).toEqual({ train: 28, fit: 4, calibrate: 6, test: 2 });
    expect(countsOf(plan, 'dog')).toEqual({ train: 30, fit: 3, calibrate: 5, test: 2 });
    expect(plan.report.hasIrrelevant).toBe(false);
  });

  it.each([
    [1, { fit: 1 }],
    [2, { fit: 1, test: 1 }],
    [3, { fit: 1, select: 1, test: 1 }],
    [5, { fit: 3, select: 1, test: 1 }],
  ])('gives the first of a group of %i irrelevant photos to fit and the second to test', (count, expected) => {
    expect(countsOf(planSnapshot([...twoClasses, ...photos('irrelevant', 'few', count)]), 'few')).toEqual(expected);
  });

  it('takes other shares and another seed', () => {
    const shares = {
      heldOut: 0.5,
      inDistribution: { fit: 0, calibrate: 1, test: 1 },
      irrelevant: { fit: 1, test: 0, select: 0 },
    };
    const entries = [...twoClasses, ...photos('irrelevant', 'food', 9)];
    const plan = planSnapshot(entries, { shares });
    expect(countsOf(plan, 'cat')).toEqual({ train: 20, calibrate: 10, test: 10 });
    expect(countsOf(plan, 'food')).toEqual({ fit: 9 });
    const moved = planSnapshot(entries, { shares, seed: 1 });
    expect(countsOf(moved, 'cat')).toEqual(countsOf(plan, 'cat'));
    expect(snapshotManifest(moved).digest).not.toBe(snapshotManifest(plan).digest);
  });

  it('depends on content alone: not on the order, and little on what is added', () => {
    const entries = [...twoClasses, ...photos('irrelevant', 'food', 20)];
    const plan = planSnapshot(entries);
    expect(planSnapshot([...entries].reverse())).toEqual(plan);
    const grown = planSnapshot([...entries, photo('train', 'cat', 'new.jpg')]);
    const moved = plan.items.filter(({ path, split }) => splitOf(grown, path) !== split);
    expect(moved.length).toBeLessThanOrEqual(4);
  });

  it('puts every content into one split only, in canonical order', () => {
    const { items } = planSnapshot([...twoClasses, ...photos('valid', 'cat', 9), ...photos('irrelevant', 'food', 9)]);
    expect(new Set(items.map(({ sha256 }) => sha256)).size).toBe(items.length);
    function keyOf({ split, label, group, sha256 }: SnapshotItem): string {
      return [splits.indexOf(split), label ?? '', group ?? '', sha256].join('\t');
    }
    expect(items.map(keyOf)).toEqual(items.map(keyOf).sort());
  });

  it('keeps a photo that lies in several places in the earliest, and reports the others', () => {
    const plan = planSnapshot([
      ...twoClasses,
      ...photos('valid', 'cat', 10),
      photo('train', 'cat', 'again.jpg', 'cat/train-0.jpg'),
      photo('valid', 'cat', 'leak.jpg', 'cat/train-1.jpg'),
      photo('irrelevant', 'food', 'cat.jpg', 'cat/train-1.jpg'),
      photo('irrelevant', 'food', 'pie.jpg', 'pie'),
      photo('irrelevant', 'cakes', 'pie.jpg', 'pie'),
      photo('unseen', 'toys', 'pie.jpg', 'pie'),
    ]);
    expect(plan.report.duplicates.map(({ path, keptPath, reason }) => [path, keptPath, reason])).toEqual([
      ['irrelevant/food/cat.jpg', 'train/cat/train-1.jpg', 'the same photo as train/cat/train-1.jpg'],
      ['irrelevant/food/pie.jpg', 'irrelevant/cakes/pie.jpg', 'the same photo as irrelevant/cakes/pie.jpg'],
      ['train/cat/train-0.jpg', 'train/cat/again.jpg', 'the same photo as train/cat/again.jpg'],
      ['unseen/toys/pie.jpg', 'irrelevant/cakes/pie.jpg', 'the same photo as irrelevant/cakes/pie.jpg'],
      ['valid/cat/leak.jpg', 'train/cat/train-1.jpg', 'the same photo as train/cat/train-1.jpg'],
    ]);
    expect(splitOf(plan, 'train/cat/train-1.jpg')).toBe('train');
    expect(countsOf(plan, 'cat').train).toBe(40);
    expect(plan.groups).toEqual(['cakes']);
  });

  it('leaves out all copies of a photo that lies in two classes', () => {
    const plan = planSnapshot([
      ...twoClasses,
      photo('train', 'cat', 'odd.jpg', 'odd'),
      photo('train', 'dog', 'odd.jpg', 'odd'),
      photo('valid', 'dog', 'odd.jpg', 'odd'),
    ]);
    expect(plan.items.some(({ path }) => path.endsWith('odd.jpg'))).toBe(false);
    expect(plan.report.duplicates.map(({ path, keptPath }) => [path, keptPath])).toEqual([
      ['train/cat/odd.jpg', null],
      ['train/dog/odd.jpg', null],
      ['valid/dog/odd.jpg', null],
    ]);
    expect(plan.report.duplicates[0].reason).toBe('the same photo is in the classes "cat" and "dog"');
  });

  it('skips, counts and names unreadable files, and hands on what the scan skipped', () => {
    const hidden = { path: '.git', reason: 'hidden' };
    const entries = [...twoClasses, broken('train', 'cat', 'z.jpg'), broken('irrelevant', 'food', 'y.jpg')];
    const { report } = planSnapshot(entries, { skipped: [hidden] });
    expect(report.unreadable).toEqual([
      { path: 'irrelevant/food/y.jpg', reason: 'it is torn' },
      { path: 'train/cat/z.jpg', reason: 'it is torn' },
    ]);
    expect(report.counts.map(({ kind, name, unreadable }) => [kind, name, unreadable])).toEqual([
      ['class', 'cat', 1],
      ['class', 'dog', 0],
      ['group', 'food', 1],
    ]);
    expect(report.skipped).toEqual([hidden]);
    expect(report.hasIrrelevant).toBe(false);
  });

  it('refuses a class of which more than 5 % cannot be read, and no less', () => {
    const nineteen = [...photos('train', 'dog', 19), ...photos('train', 'cat', 19), broken('train', 'cat', 'a.jpg')];
    expect(planSnapshot(nineteen).report.unreadable.length).toBe(1);
    const more = [...nineteen, broken('valid', 'cat', 'b.jpg')];
    expect(() => planSnapshot(more)).toThrow(InvalidArgumentError);
    expect(() => planSnapshot(more)).toThrow(
      'class "cat": 2 of 21 files cannot be read as images, expected at most 5 % (the first: train/cat/a.jpg: it is torn)',
    );
  });

  it('reports photos that look alike in different splits', () => {
    const twin = { fingerprint: '0123456789abcdef' };
    const nearly = { fingerprint: '0123456789abcdee' };
    const far = { fingerprint: 'fedcba9876543210' };
    const plan = planSnapshot([
      ...twoClasses,
      ...photos('valid', 'cat', 1).map((entry) => ({ ...entry, ...twin })),
      ...photos('unseen', 'toys', 1).map((entry) => ({ ...entry, ...nearly })),
      ...photos('irrelevant', 'food', 1).map((entry) => ({ ...entry, ...far })),
    ]);
    expect(plan.report.nearDuplicates).toEqual([
      { paths: ['valid/cat/valid-0.jpg', 'unseen/toys/unseen-0.jpg'], distance: 1 },
    ]);
    expect(plan.items.length).toBe(73);
  });

  it('accepts any name for a class', () => {
    const plan = planSnapshot([...photos('train', '__proto__', 10), ...photos('train', 'constructor', 10)]);
    expect(plan.classes).toEqual(['__proto__', 'constructor']);
    expect(countsOf(plan, '__proto__')).toEqual({ train: 7, fit: 1, calibrate: 1, test: 1 });
  });

  it.each([
    ['nothing', [], 'the dataset has no photos of any class; expected at least two classes'],
    [
      'one class',
      photos('train', 'cat', 9),
      'the dataset has photos of one class only, "cat"; expected at least two classes',
    ],
    [
      'a class of one photo',
      [...photos('train', 'cat', 9), ...photos('train', 'dog', 1)],
      'class "dog" has 1 different photos (1 in train/); expected at least one to train on and one to hold out',
    ],
    [
      'a class whose photos all contradict another',
      [...photos('train', 'cat', 9), photo('train', 'dog', 'x', 'cat/train-1.jpg')],
      'class "dog" has 0 different photos (0 in train/); expected at least one to train on and one to hold out',
    ],
  ])('refuses %s', (_, entries, message) => {
    expect(() => planSnapshot(entries)).toThrow(InvalidArgumentError);
    expect(() => planSnapshot(entries)).toThrow(message);
  });
});

describe('snapshotManifest', () => {
  const entries = [...twoClasses, ...photos('irrelevant', 'food', 5)];

  it('names what the photos mean, not where they lay', () => {
    const moved = entries.map((entry) => ({ ...entry, path: `elsewhere/${entry.path}` }));
    const manifest = snapshotManifest(planSnapshot(entries));
    expect(snapshotManifest(planSnapshot(moved))).toEqual(manifest);
    expect(manifest.digest).toBe(createHash('sha256').update(manifest.json).digest('hex'));
    expect(JSON.parse(manifest.json)).toMatchObject({ version: 1, classes: ['cat', 'dog'], groups: ['food'] });
  });

  it('changes with a label, a group, a split and a content', () => {
    const plan = planSnapshot(entries);
    function digestWith(change: Partial<SnapshotItem>): string {
      return snapshotManifest({ ...plan, items: [{ ...plan.items[0], ...change }, ...plan.items.slice(1)] }).digest;
    }
    const digests = [{}, { label: 'dog' }, { group: 'food' }, { split: 'test' as const }, { sha256: '0' }].map(
      digestWith,
    );
    expect(new Set(digests).size).toBe(5);
  });
});
