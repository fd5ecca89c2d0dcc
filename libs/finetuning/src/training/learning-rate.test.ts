import { describe, expect, it } from 'vitest';
import { learningRateAt, type Schedule } from './learning-rate.ts';

const cosine: Schedule = { schedule: 'cosine', learningRate: 0.2, warmUp: 0.1, decay: 0 };

describe('learningRateAt', () => {
  it('warms up in a straight line to the highest rate, then falls along a cosine towards zero', () => {
    const rates = Array.from({ length: 100 }, (_, i) => learningRateAt(i + 1, 100, cosine));
    expect(rates[0]).toBeCloseTo(0.02, 12);
    expect(rates[9]).toBeCloseTo(0.2, 12);
    expect(rates[10]).toBeCloseTo(0.2, 12);
    expect(rates[55]).toBeCloseTo(0.1, 12);
    expect(rates[99]).toBeGreaterThan(0);
    expect(rates[99]).toBeLessThan(1e-3 * 0.2);
  });

  it('divides by time as the older optimizers of Keras did', () => {
    const schedule: Schedule = { ...cosine, schedule: 'inverse-time', decay: 0.5 };
    expect([1, 2, 3].map((step) => learningRateAt(step, 10, schedule))).toEqual([0.2, 0.2 / 1.5, 0.1]);
  });
});
