import { expect, it } from 'vitest';
import { sortRows } from './sort-rows.ts';

it('puts rows without a value last, whichever way it sorts', () => {
  const rows = [2, null, 10, 1];
  expect(sortRows(rows, (row) => row, 'ascending')).toEqual([1, 2, 10, null]);
  expect(sortRows(rows, (row) => row, 'descending')).toEqual([10, 2, 1, null]);
  expect(rows).toEqual([2, null, 10, 1]);
});

it('keeps equal rows in their order', () => {
  const rows = [
    { id: 1, v: 'a' },
    { id: 2, v: 'a' },
    { id: 3, v: 'b' },
  ];
  expect(sortRows(rows, ({ v }) => v, 'descending').map(({ id }) => id)).toEqual([3, 1, 2]);
});
