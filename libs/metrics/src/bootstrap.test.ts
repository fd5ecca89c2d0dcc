import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { bootstrapDifference, bootstrapInterval } from './bootstrap.ts';
import { betaQuantile } from './beta.ts';

const mean = (values: Float64Array) => (indices: readonly Int32Array[]) =>
  indices[0].reduce((sum, i) => sum + values[i], 0) / indices[0].length;

function normals(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, random.normal);
}

describe('bootstrapInterval', () => {
  it('holds the true mean about as often as it says', () => {
    let held = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { low, high } = bootstrapInterval([40], mean(normals(40, seed)), { seed, resamples: 400, confidence: 0.9 });
      if (low <= 0 && high >= 0) held++;
    }
    // 90 % nominal; percentile intervals of 40 values hold some 88 %; binomial bounds at 1e-4 each side.
    expect(held / 300).toBeGreaterThan(betaQuantile(1e-4, 0.88 * 300, 0.12 * 300));
    expect(held / 300).toBeLessThan(betaQuantile(1 - 1e-4, 0.9 * 300, 0.1 * 300));
  });

  it('is as wide as the theory of the mean says', () => {
    const values = normals(400, 7);
    const { value, low, high } = bootstrapInterval([400], mean(values), { seed: 1, resamples: 4000 });
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - value) ** 2, 0) / 400);
    expect((high - low) / ((2 * 1.96 * deviation) / 20)).toBeCloseTo(1, 1);
  });

  it('keeps strata apart and repeats itself for a seed', () => {
    const sizes = [3, 5];
    const statistic = (indices: readonly Int32Array[]): number => {
      expect(indices.map((each) => each.length)).toEqual(sizes);
      indices.forEach((each, s) => each.forEach((i) => expect(i).toBeLessThan(sizes[s])));
      return indices[0][0] + indices[1][0];
    };
    const options = { seed: 3, resamples: 50 };
    expect(bootstrapInterval(sizes, statistic, options)).toEqual(bootstrapInterval(sizes, statistic, options));
  });

  it('rejects empty strata and bad options', () => {
    expect(() => bootstrapInterval([0], () => 0, { seed: 1 })).toThrow(TooFewSamplesError);
    expect(() => bootstrapInterval([1], () => 0, { seed: 1, resamples: 0 })).toThrow(InvalidArgumentError);
    expect(() => bootstrapInterval([1], () => 0, { seed: 1, confidence: 1 })).toThrow(InvalidArgumentError);
  });
});

describe('bootstrapDifference', () => {
  it('is far narrower than the parts when they share their noise', () => {
    const noise = normals(50, 1);
    const shifted = noise.map((value, i) => value + 0.1 + 0.01 * Math.sin(i));
    const difference = bootstrapDifference([50], mean(shifted), mean(noise), { seed: 2 });
    const alone = bootstrapInterval([50], mean(noise), { seed: 2 });
    expect(difference.low).toBeGreaterThan(0.09);
    expect(difference.high).toBeLessThan(0.11);
    expect(alone.high - alone.low).toBeGreaterThan(0.3);
  });
});
