import { describe, expect, it } from 'vitest';
import { wolfeLineSearch, type SlopedValue } from './line-search.ts';

type Curve = (step: number) => { value: number; slope: number };

// The first three test functions of Moré and Thuente 1994, section 5.
const curves: Record<string, Curve> = {
  'a smooth dip': (a) => ({ value: -a / (a * a + 2), slope: (a * a - 2) / (a * a + 2) ** 2 }),
  'a steep dip far out': (a) => ({
    value: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4,
    slope: 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
  }),
  'a wavy slope': (a) => {
    const beta = 0.01;
    const l = 39;
    const base = a <= 1 - beta ? 1 - a : a >= 1 + beta ? a - 1 : ((a - 1) ** 2 / beta + beta) / 2;
    const slope = a <= 1 - beta ? -1 : a >= 1 + beta ? 1 : (a - 1) / beta;
    const wave = (l * Math.PI) / 2;
    return { value: base + ((1 - beta) / wave) * Math.sin(wave * a), slope: slope + (1 - beta) * Math.cos(wave * a) };
  },
};

describe('wolfeLineSearch', () => {
  describe.each(Object.keys(curves))('on %s', (name) => {
    it.each([1e-3, 0.1, 10, 1000])('finds a strong Wolfe step from a first step of %f', (firstStep) => {
      const at = (step: number): SlopedValue => ({ step, ...curves[name](step) });
      const start = at(0);
      const options = { sufficientDecrease: 1e-3, curvature: 0.1, maxEvaluations: 60 };
      const found = wolfeLineSearch(at, start, firstStep, options);
      if (!found) throw new Error('no step found');
      expect(found.value).toBeLessThanOrEqual(start.value + 1e-3 * found.step * start.slope + 1e-15);
      expect(Math.abs(found.slope)).toBeLessThanOrEqual(0.1 * Math.abs(start.slope));
    });
  });

  it('finds nothing where the slope lies and the value only rises', () => {
    const at = (step: number): SlopedValue => ({ step, value: step, slope: -1 });
    expect(
      wolfeLineSearch(at, at(0), 1, { sufficientDecrease: 1e-3, curvature: 0.9, maxEvaluations: 30 }),
    ).toBeUndefined();
  });
});
