import { TooFewSamplesError } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { fitScoreDistribution, standardScore, surprise } from './score-distribution.ts';

const random = createRandom(11);
/** Exponential with mean 3, shifted by 10: the surprise beyond 10 is (x − 10) / 3. */
const scores = Float64Array.from({ length: 20_000 }, () => 10 - 3 * Math.log(1 - random.next()));
const distribution = fitScoreDistribution(scores);

describe('surprise', () => {
  it.each([10.5, 12, 16, 20, 40, 100])('of %d is the negative log of the tail probability', (x) => {
    const truth = (x - 10) / 3;
    expect(Math.abs(surprise(distribution, x) - truth)).toBeLessThan(0.02 + 0.04 * truth);
  });

  it('never decreases and does not jump, also where the tail starts', () => {
    const steps = Array.from({ length: 3000 }, (_, i) => surprise(distribution, 9 + i * 0.005));
    for (let i = 1; i < steps.length; i++) {
      expect(steps[i]).toBeGreaterThanOrEqual(steps[i - 1]);
      expect(steps[i] - steps[i - 1]).toBeLessThan(0.01);
    }
  });

  it('is finite for scores that are all equal', () => {
    const constant = fitScoreDistribution(Float64Array.of(2, 2, 2, 2, 2));
    expect(surprise(constant, 1)).toBe(0);
    expect(surprise(constant, 2)).toBeCloseTo(-Math.log(0.2), 12);
    expect(surprise(constant, 4)).toBeCloseTo(1 - Math.log(0.2), 12);
    expect(standardScore(constant, 4)).toBe(1);
  });

  it('needs four scores', () => {
    expect(() => fitScoreDistribution(Float64Array.of(1, 2, 3))).toThrow(TooFewSamplesError);
  });
});
