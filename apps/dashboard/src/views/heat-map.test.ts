import { describe, expect, it } from 'vitest';
import { activeShare, columnsFor, fromBase64, toHeatMap } from './heat-map.ts';

describe('toHeatMap', () => {
  it('separates inactive from active and saturates at the brightest', () => {
    const { rows, columns, pixels } = toHeatMap([-1, 0, 1e-9, 1, 4, 9], 4, 3);
    expect([rows, columns]).toEqual([2, 3]);
    expect([...fromBase64(pixels)]).toEqual([0, 0, 1, 128, 255, 255]);
  });

  it('pads the last row with inactive cells', () => {
    expect([...fromBase64(toHeatMap([1, 1, 1], 1, 2).pixels)]).toEqual([255, 255, 255, 0]);
  });
});

it('makes 32 × 64 of 2048 neurons, as the tutorial draws them', () => {
  expect(columnsFor(2048)).toBe(64);
  expect(columnsFor(32)).toBe(8);
  expect(columnsFor(1)).toBe(1);
});

it('counts neurons above zero', () => {
  expect(activeShare([-0.5, 0, 0.1, 3])).toBe(0.5);
  expect(activeShare([])).toBeNaN();
});
