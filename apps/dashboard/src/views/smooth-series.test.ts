import { describe, expect, it } from 'vitest';
import { smoothSeries } from './smooth-series.ts';

const smooth = (values: (number | null)[], weight: number) =>
  smoothSeries({ steps: values.map((_, i) => i + 1), values }, weight).values;

describe('smoothSeries', () => {
  it('is the weighted mean of all values so far', () => {
    const values = [4, 1, 7, 2];
    const weighted = values.map((_, i) => {
      const weights = values.slice(0, i + 1).map((__, j) => 0.8 ** (i - j));
      const sum = weights.reduce((total, w) => total + w, 0);
      return weights.reduce((total, w, j) => total + w * values[j]!, 0) / sum;
    });
    smooth(values, 0.8).forEach((value, i) => expect(value).toBeCloseTo(weighted[i]!, 12));
  });

  it('leaves a constant, and with no weight everything, as it is', () => {
    smooth([3, 3, 3], 0.9).forEach((value) => expect(value).toBeCloseTo(3, 12));
    expect(smooth([4, null, 7], 0)).toEqual([4, null, 7]);
  });

  it('passes over what is missing', () => {
    const [first, missing, last] = smooth([4, null, 1], 0.5);
    expect([first, missing]).toEqual([4, null]);
    expect(last).toBeCloseTo((0.5 * 4 + 1) / 1.5, 12);
  });
});
