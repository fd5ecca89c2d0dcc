import { expect, it } from 'vitest';
import { alignSeries } from './align-series.ts';

it('puts series of different steps on one axis', () => {
  expect(
    alignSeries([
      { steps: [1, 2, 4], values: [0.5, null, 0] },
      { steps: [2, 3], values: [20, 30] },
    ]),
  ).toEqual([
    [1, 2, 3, 4],
    [0.5, null, null, 0],
    [null, 20, 30, null],
  ]);
  expect(alignSeries([])).toEqual([[]]);
});
