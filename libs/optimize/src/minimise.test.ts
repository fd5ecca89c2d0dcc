import { CancelledError, InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { minimise, type Objective } from './minimise.ts';

/** Rosenbrock's valley in any even dimension: minimum 0 at (1, …, 1). */
const rosenbrock: Objective = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i += 2) {
    const off = x[i + 1] - x[i] ** 2;
    value += 100 * off ** 2 + (1 - x[i]) ** 2;
    gradient[i] = -400 * x[i] * off - 2 * (1 - x[i]);
    gradient[i + 1] = 200 * off;
  }
  return value;
};

/** Beale's function: minimum 0 at (3, 0.5). */
const beale: Objective = ([x, y], gradient) => {
  gradient.fill(0);
  let value = 0;
  [1.5, 2.25, 2.625].forEach((constant, i) => {
    const power = i + 1;
    const residual = constant - x + x * y ** power;
    value += residual ** 2;
    gradient[0] += 2 * residual * (y ** power - 1);
    gradient[1] += 2 * residual * x * power * y ** (power - 1);
  });
  return value;
};

describe('minimise', () => {
  it.each([2, 10, 100])('finds the bottom of Rosenbrock’s valley in %i dimensions', (n) => {
    const found = minimise(
      rosenbrock,
      Float64Array.from({ length: n }, (_, i) => (i % 2 ? 1 : -1.2)),
    );
    expect(found.reason).toBe('gradient');
    expect(found.gradientNorm).toBeLessThanOrEqual(1e-8);
    for (const value of found.x) expect(value).toBeCloseTo(1, 7);
    expect(found.evaluations).toBeLessThan(80);
  });

  it('finds the minimum of Beale’s function', () => {
    const found = minimise(beale, Float64Array.of(1, 1));
    expect(found.x[0]).toBeCloseTo(3, 7);
    expect(found.x[1]).toBeCloseTo(0.5, 7);
  });

  it('solves an ill-conditioned quadratic', () => {
    const scales = Float64Array.from({ length: 30 }, (_, i) => 10 ** (i / 6));
    const quadratic: Objective = (x, gradient) => {
      let value = 0;
      scales.forEach((scale, i) => {
        value += (scale * (x[i] - i) ** 2) / 2;
        gradient[i] = scale * (x[i] - i);
      });
      return value;
    };
    const found = minimise(quadratic, new Float64Array(30), { gradientTolerance: 1e-9, maxIterations: 4000 });
    found.x.forEach((value, i) => expect(value).toBeCloseTo(i, 8));
  });

  it('steps back from where the function is not defined', () => {
    const barrier: Objective = ([x], gradient) => {
      gradient[0] = 1 - 1 / x;
      return x - Math.log(x);
    };
    expect(minimise(barrier, Float64Array.of(1e-3)).x[0]).toBeCloseTo(1, 8);
  });

  it('stops at once at a minimum, and where asked to', () => {
    expect(minimise(rosenbrock, Float64Array.of(1, 1))).toMatchObject({
      iteration: 0,
      evaluations: 1,
      reason: 'gradient',
    });
    expect(minimise(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 3 })).toMatchObject({
      iteration: 3,
      reason: 'iterations',
    });
    const values: number[] = [];
    minimise(rosenbrock, Float64Array.of(-1.2, 1), {
      isDone: ({ value, iteration }) => {
        values.push(value);
        return iteration === 5;
      },
    });
    expect(values).toHaveLength(6);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it('gives the same numbers every time', () => {
    const start = Float64Array.of(-1.2, 1, 0.3, -2);
    expect(minimise(rosenbrock, start)).toEqual(minimise(rosenbrock, start));
    expect([...start]).toEqual([-1.2, 1, 0.3, -2]);
  });

  it('can be cancelled', () => {
    let polls = 0;
    const isCancelled = (): boolean => ++polls > 4;
    expect(() => minimise(rosenbrock, Float64Array.of(-1.2, 1), { isCancelled })).toThrow(CancelledError);
    expect(polls).toBe(5);
  });

  it('rejects a start where the value is not finite', () => {
    expect(() => minimise(() => NaN, Float64Array.of(0))).toThrow(InvalidArgumentError);
  });
});
