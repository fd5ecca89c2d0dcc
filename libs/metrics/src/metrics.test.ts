import { InvalidArgumentError, ShapeError, TooFewSamplesError } from '@outsider/domain';
import { fromRows } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { betaCdf, betaQuantile, logGamma } from './beta.ts';
import { accuracy, confusionMatrix, logLoss, mostProbable } from './classification.ts';
import { clopperPearson } from './clopper-pearson.ts';
import {
  falseAlarmRate,
  falseAlarmRateAtDetection,
  falseAlarmRateAtDetection95,
  missRate,
  missRateAtFalseAlarm,
  missRateAtFalseAlarm1,
  missRateAtFalseAlarm5,
  nextBelow,
  thresholdAtDetection,
  thresholdAtFalseAlarm,
} from './error-rates.ts';
import fixture from './fixtures/metrics.json' with { type: 'json' };
import { histogram, quantile } from './quantile.ts';
import { auroc, averagePrecision, precisionRecallCurve, rocCurve } from './roc.ts';

function expectRelative(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(expected), 1e-300));
}

const cases = fixture.scores.map((each) => ({ ...each, n: each.inDistribution.length, m: each.novel.length }));

describe.each(cases)(
  'on $n in-distribution and $m novel scores with ties',
  ({ inDistribution: id, novel, ...expected }) => {
    it('areas agree with scikit-learn', () => {
      expect(Math.abs(auroc(id, novel) - expected.auroc)).toBeLessThan(1e-12);
      expect(Math.abs(averagePrecision(id, novel) - expected.averagePrecision)).toBeLessThan(1e-12);
    });

    it('the curve agrees with scikit-learn point by point', () => {
      const curve = rocCurve(id, novel);
      expect([...curve.falseAlarmRates]).toEqual(expected.falseAlarmRates.map((v) => expect.closeTo(v, 14)));
      expect([...curve.detectionRates]).toEqual(expected.detectionRates.map((v) => expect.closeTo(v, 14)));
      curve.thresholds.forEach((threshold, p) => {
        expect(falseAlarmRate(id, threshold)).toBeCloseTo(curve.falseAlarmRates[p], 14);
        expect(1 - missRate(novel, threshold)).toBeCloseTo(curve.detectionRates[p], 14);
      });
    });

    it('error rates agree with a search of every threshold', () => {
      expect(Math.abs(missRateAtFalseAlarm1(id, novel) - expected.missRateAtFalseAlarm1)).toBeLessThan(1e-12);
      expect(Math.abs(missRateAtFalseAlarm5(id, novel) - expected.missRateAtFalseAlarm5)).toBeLessThan(1e-12);
      expect(Math.abs(missRateAtFalseAlarm(id, novel, 0.2) - expected.missRateAtFalseAlarm20)).toBeLessThan(1e-12);
      expect(Math.abs(falseAlarmRateAtDetection95(id, novel) - expected.falseAlarmRateAtDetection95)).toBeLessThan(
        1e-12,
      );
      expect(Math.abs(falseAlarmRateAtDetection(id, novel, 0.8) - expected.falseAlarmRateAtDetection80)).toBeLessThan(
        1e-12,
      );
    });

    it('thresholds keep what they promise on the scores they were made of', () => {
      for (const rate of [0, 0.01, 0.05, 0.5, 0.95]) {
        const threshold = thresholdAtFalseAlarm(id, rate);
        expect(falseAlarmRate(id, threshold)).toBeLessThanOrEqual(rate);
        // The next lower threshold would not: the score itself becomes an alarm.
        expect(falseAlarmRate(id, nextBelow(threshold))).toBeGreaterThan(rate);
      }
      for (const rate of [0.01, 0.5, 0.95, 1]) {
        const threshold = thresholdAtDetection(novel, rate);
        expect(1 - missRate(novel, threshold)).toBeGreaterThanOrEqual(rate - 1e-15);
      }
    });
  },
);

describe('error rates', () => {
  it('are exact where a rate times a count is a whole number', () => {
    const id = Array.from({ length: 100 }, (_, i) => i);
    for (let k = 0; k < 100; k++) expect(thresholdAtFalseAlarm(id, k / 100)).toBe(99 - k);
    for (let k = 1; k <= 100; k++) expect(thresholdAtDetection(id, k / 100)).toBe(nextBelow(100 - k));
  });

  it('reject empty and NaN scores and impossible rates', () => {
    expect(() => auroc([], [1])).toThrow(TooFewSamplesError);
    expect(() => auroc([1], [0, NaN])).toThrow('novel scores: number 1 is NaN');
    expect(() => thresholdAtFalseAlarm([1], 1)).toThrow(InvalidArgumentError);
    expect(() => thresholdAtDetection([1], 0)).toThrow('detection rate: expected a number in (0, 1], got 0');
  });
});

describe('precisionRecallCurve', () => {
  it('starts at precision one and ends at the share of novel images', () => {
    const { precisions, recalls } = precisionRecallCurve([0, 1, 2], [2, 3]);
    expect([...precisions]).toEqual([1, 1, 2 / 3, 0.5, 0.4]);
    expect([...recalls]).toEqual([0, 0.5, 1, 1, 1]);
  });
});

describe('beta distribution', () => {
  it.each(fixture.betas)('P(X ≤ $x) agrees with scipy for Beta($a, $b)', ({ x, a, b, cdf }) => {
    expectRelative(betaCdf(x, a, b), cdf, 1e-10);
  });

  it.each(fixture.betaQuantiles)('quantile $p agrees with scipy for Beta($a, $b)', ({ p, a, b, x }) => {
    expectRelative(betaQuantile(p, a, b), x, 1e-10);
  });

  it.each(fixture.logGammas)('log Γ($x) agrees with scipy', ({ x, value }) => {
    expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-13 * Math.max(1, Math.abs(value)));
  });

  it('ends at 0 and 1 and rejects what is no distribution', () => {
    expect([betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1, 0, 1]);
    expect(() => betaCdf(0.5, 0, 1)).toThrow(InvalidArgumentError);
    expect(() => betaQuantile(1.1, 1, 1)).toThrow(InvalidArgumentError);
  });
});

describe('clopperPearson', () => {
  it.each(fixture.intervals)('agrees with scipy for $events of $trials at $confidence', (each) => {
    const estimate = clopperPearson(each.events, each.trials, each.confidence);
    expectRelative(estimate.low, each.low, 1e-10);
    expectRelative(estimate.high, each.high, 1e-10);
    expect(estimate.rate).toBe(each.events / each.trials);
  });

  it('rejects impossible counts', () => {
    expect(() => clopperPearson(2, 1)).toThrow('events: expected a whole number from 0 to 1, got 2');
    expect(() => clopperPearson(0, 0)).toThrow(InvalidArgumentError);
    expect(() => clopperPearson(0, 1, 1)).toThrow(InvalidArgumentError);
  });
});

describe('classification', () => {
  const { labels, probabilities, ...expected } = fixture.classification;
  const p = fromRows(probabilities);

  it('agrees with scikit-learn, also where a certain answer is wrong', () => {
    expect(logLoss(p, labels)).toBeCloseTo(expected.logLoss, 12);
    expect([...confusionMatrix(labels, mostProbable(p), 3).data]).toEqual(expected.confusion.flat());
    expect(accuracy(labels, mostProbable(p))).toBeCloseTo(expected.accuracy, 15);
  });

  it('rejects labels that do not fit', () => {
    expect(() => logLoss(p, [0])).toThrow(ShapeError);
    expect(() => logLoss(fromRows([[0.5, 0.5]]), [2])).toThrow('labels: expected class indices from 0 to 1, got 2');
    expect(() => accuracy([], [])).toThrow(InvalidArgumentError);
  });
});

describe('quantile and histogram', () => {
  it('agree with numpy', () => {
    for (const { q, value } of fixture.quantiles) expect(quantile(fixture.values, q)).toBeCloseTo(value, 14);
    const { edges, counts } = histogram(fixture.values, fixture.histogram.counts.length);
    expect([...counts]).toEqual(fixture.histogram.counts);
    expect([...edges]).toEqual(fixture.histogram.edges.map((edge) => expect.closeTo(edge, 12)));
  });

  it('handle one value, none, and a given range', () => {
    expect(histogram([2, 2], 3).counts[0]).toBe(2);
    expect([...histogram([], 2).counts]).toEqual([0, 0]);
    expect([...histogram([-1, 0, 1, 2, 3], 2, [0, 2]).counts]).toEqual([1, 2]);
    expect(() => quantile([], 0.5)).toThrow(TooFewSamplesError);
    expect(() => quantile([1], 2)).toThrow(InvalidArgumentError);
  });
});
