import { describe, expect, it } from 'vitest';
import type { FitRow } from './fit-task.ts';
import { judgingRows } from './judging-rows.ts';

const row = (split: FitRow['split'], group: string): FitRow => ({ split, label: group === '' ? 0 : -1, group });
const rows: FitRow[] = [
  ...new Array<FitRow>(60).fill(row('fit', '')),
  ...new Array<FitRow>(30).fill(row('train', '')),
  ...new Array<FitRow>(40).fill(row('select', 'birds')),
  ...new Array<FitRow>(3).fill(row('fit', 'cars')),
  ...new Array<FitRow>(30).fill(row('test', 'birds')),
  ...new Array<FitRow>(30).fill(row('calibrate', '')),
];

describe('judgingRows', () => {
  it('takes the splits fit and select and nothing else', () => {
    const taken = judgingRows(rows, 1);
    expect(taken).toHaveLength(103);
    expect(new Set(taken.map((i) => rows[i].split))).toEqual(new Set(['fit', 'select']));
  });

  it('keeps shares when there are too many, and at least two of each group', () => {
    const taken = judgingRows(rows, 1, 52);
    const count = (group: string) => taken.filter((i) => rows[i].group === group).length;
    expect([count(''), count('birds'), count('cars')]).toEqual([30, 20, 2]);
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    expect(new Set(taken).size).toBe(taken.length);
    expect(judgingRows(rows, 1, 52)).toEqual(taken);
    expect(judgingRows(rows, 2, 52)).not.toEqual(taken);
  });
});
