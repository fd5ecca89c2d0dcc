import { ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { createAdam } from './adam.ts';

describe('createAdam', () => {
  it('takes a first step of the learning rate against the sign of the gradient, whatever its size', () => {
    const x = Float64Array.of(1, 1, 1);
    createAdam([3], { learningRate: 0.1 }).step([x], [Float64Array.of(1e3, -2, 0)]);
    expect([...x]).toEqual([0.9, 1.1, 1].map((value) => expect.closeTo(value, 5)));
  });

  it('follows the recurrence of the paper', () => {
    const gradients = [0.3, -0.1, 0.25, 0.4];
    const x = Float64Array.of(0.5);
    const adam = createAdam([1], { learningRate: 0.01, epsilon: 0 });
    let [expected, m, v] = [0.5, 0, 0];
    gradients.forEach((g, t) => {
      adam.step([x], [Float64Array.of(g)]);
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g ** 2;
      expected -= (0.01 * (m / (1 - 0.9 ** (t + 1)))) / Math.sqrt(v / (1 - 0.999 ** (t + 1)));
      expect(x[0]).toBeCloseTo(expected, 14);
    });
  });

  it('finds the minimum of a quadratic', () => {
    const x = Float64Array.of(3, -2);
    const adam = createAdam([2], { learningRate: 0.05 });
    for (let i = 0; i < 2000; i++) adam.step([x], [x.map((value, j) => 2 * (value - j))]);
    expect(x[0]).toBeCloseTo(0, 3);
    expect(x[1]).toBeCloseTo(1, 3);
  });

  it('rejects other arrays than it was made for', () => {
    expect(() => createAdam([2]).step([Float64Array.of(1)], [Float64Array.of(1)])).toThrow(ShapeError);
  });
});
