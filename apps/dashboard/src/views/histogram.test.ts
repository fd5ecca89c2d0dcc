import { describe, expect, it } from 'vitest';
import { binOf, binsFor, quantileOf, scoreBins, toHistogram } from './histogram.ts';

describe('toHistogram', () => {
  it('gives shares that sum to one and keeps outliers in the outermost bins', () => {
    const shares = toHistogram([-100, 0.1, 0.6, 0.6, Number.POSITIVE_INFINITY], { low: 0, high: 1, count: 2 });
    expect(shares[0]).toBeCloseTo(0.4, 12);
    expect(shares[1]).toBeCloseTo(0.6, 12);
  });

  it('ignores NaN and survives having no values', () => {
    expect(toHistogram([Number.NaN], { low: 0, high: 1, count: 3 })).toEqual([0, 0, 0]);
  });

  it('puts the upper edge into the last bin', () => {
    expect(binOf(1, { low: 0, high: 1, count: 10 })).toBe(9);
  });
});

describe('binsFor', () => {
  it('covers the bulk of all series and what must be seen', () => {
    const bins = binsFor([Array.from({ length: 1001 }, (_, i) => i / 1000), [2]], 20, [5]);
    expect(bins.low).toBeLessThanOrEqual(0.006);
    expect(bins.high).toBeGreaterThanOrEqual(5);
  });

  it('widens a range of one value and gives a range for none', () => {
    expect(binsFor([[3, 3]], 4)).toMatchObject({ low: 2.48, high: 3.52 });
    expect(binsFor([[]], 4)).toEqual({ low: 0, high: 1, count: 4 });
  });
});

describe('scoreBins', () => {
  const relevant = Array.from({ length: 101 }, (_, i) => i / 100);

  it('keeps the relevant scores in sight beside enormous ones', () => {
    const bins = scoreBins(relevant, [[500, 900]], 40, [1.2]);
    expect(bins.high).toBeGreaterThan(1.2);
    expect(bins.high).toBeLessThan(6);
    expect(toHistogram([500, 900], bins).at(-1)).toBeCloseTo(1, 12);
  });

  it('is the common range where none is enormous', () => {
    expect(scoreBins(relevant, [[2, 3]], 40)).toEqual(binsFor([relevant, [2, 3]], 40));
  });

  it('does without relevant scores', () => {
    expect(scoreBins([], [[2, 3]], 40)).toEqual(binsFor([[2, 3]], 40));
  });
});

describe('quantileOf', () => {
  it('interpolates as numpy does by default', () => {
    expect(quantileOf([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
    expect(quantileOf([7], 0.1)).toBe(7);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});
