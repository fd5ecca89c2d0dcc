import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import fixture from './fixtures/covariance.json' with { type: 'json' };
import { ledoitWolf, shrunkCovariance } from './ledoit-wolf.ts';
import { fromRows, zeros } from './matrix.ts';
import { largestDifference } from './naive.testing.ts';
import { precisionOf, squaredMahalanobis } from './precision.ts';

const cases = fixture.cases.map((each) => ({ ...each, n: each.x.length, d: each.x[0].length }));

describe('ledoitWolf', () => {
  it.each(cases)('agrees with scikit-learn for $n × $d, assumeCentered $assumeCentered', (each) => {
    const estimate = ledoitWolf(fromRows(each.x), { assumeCentered: each.assumeCentered });
    expect(Math.abs(estimate.shrinkage - each.shrinkage)).toBeLessThan(1e-12);
    expect(largestDifference(shrunkCovariance(estimate), fromRows(each.covariance))).toBeLessThan(1e-12);
  });

  it('shrinks nothing where there is nothing to shrink', () => {
    expect(ledoitWolf(fromRows([[1, 2], [1, 2], [1, 2]])).shrinkage).toBe(0); // prettier-ignore
    expect(() => ledoitWolf(zeros(0, 3))).toThrow(TooFewSamplesError);
  });
});

describe('squaredMahalanobis', () => {
  it.each(cases)('agrees with the explicit inverse for $n × $d, assumeCentered $assumeCentered', (each) => {
    const precision = precisionOf(ledoitWolf(fromRows(each.x), { assumeCentered: each.assumeCentered }));
    const distances = squaredMahalanobis(fromRows(each.z), fromRows(each.centres), precision);
    fromRows(each.squaredMahalanobis).data.forEach((expected, i) => {
      expect(Math.abs(distances.data[i] / expected - 1)).toBeLessThan(1e-9);
    });
  });

  it('refuses a covariance that is singular even after shrinking', () => {
    expect(() => precisionOf(ledoitWolf(fromRows([[1, 2, 3], [1, 2, 3]])))).toThrow(InvalidArgumentError); // prettier-ignore
  });
});
