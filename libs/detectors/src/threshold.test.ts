import { FailedPreconditionError, InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { createRandom } from '@outsider/linalg';
import { betaCdf, betaQuantile, clopperPearson } from '@outsider/metrics';
import { describe, expect, it } from 'vitest';
import { certificateRank, smallestCertifiedCount } from './certificate.ts';
import { operatingPoint } from './operating-point.ts';
import { pValue } from './p-value.ts';
import { calibrateThreshold, type ThresholdPolicy } from './threshold.ts';

const certificate: ThresholdPolicy = { kind: 'certificate', falseAlarmRate: 0.05, confidence: 0.95 };
const plainQuantile: ThresholdPolicy = { kind: 'quantile', falseAlarmRate: 0.05 };
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** Share of calibrations whose true false-alarm rate exceeds 5 %, for scores from a distribution with a known tail. */
function shareTooLenient(
  policy: ThresholdPolicy,
  score: (u: number) => number,
  falseAlarms: (threshold: number) => number,
): number {
  const random = createRandom(2024);
  let exceeded = 0;
  for (let run = 0; run < 2000; run++) {
    const scores = Float64Array.from({ length: 400 }, () => score(random.next()));
    if (falseAlarms(calibrateThreshold(policy, scores).value) > 0.05) exceeded++;
  }
  return exceeded / 2000;
}

describe('the certificate', () => {
  // The share that exceeds is P(Beta(13, 388) > 0.05) = 3.6 %; a correct rule gets past 5 % of 2,000 runs less than
  // once in a hundred seeds.
  it('keeps the false-alarm rate in at least 95 % of 2,000 calibrations of 400 images', () => {
    expect(
      shareTooLenient(
        certificate,
        (u) => u,
        (threshold) => 1 - threshold,
      ),
    ).toBeLessThanOrEqual(0.05);
  });

  it('keeps it with ties, too', () => {
    const coarse = (u: number): number => Math.floor(u * 50);
    const falseAlarms = (threshold: number): number => (49 - threshold) / 50;
    expect(shareTooLenient(certificate, coarse, falseAlarms)).toBeLessThanOrEqual(0.05);
  });

  it('is needed: the plain quantile exceeds its rate in nearly half of the calibrations', () => {
    const share = shareTooLenient(
      plainQuantile,
      (u) => u,
      (threshold) => 1 - threshold,
    );
    const expected = 1 - betaCdf(0.05, 20, 381);
    expect(expected).toBeCloseTo(0.47, 2);
    const margin = clopperPearson(Math.round(2000 * expected), 2000, 0.9999);
    expect(share).toBeGreaterThan(margin.low);
    expect(share).toBeLessThan(margin.high);
  });

  it('takes the largest rank that holds', () => {
    expect(certificateRank(400, 0.05, 0.95)).toBe(13);
    for (const [n, alpha, confidence] of [
      [59, 0.05, 0.95],
      [1000, 0.01, 0.9],
      [299, 0.01, 0.95],
      [10_000, 0.2, 0.999],
    ] as const) {
      // prettier-ignore
      const k = certificateRank(n, alpha, confidence);
      expect(betaQuantile(confidence, k, n + 1 - k)).toBeLessThanOrEqual(alpha * (1 + 1e-12));
      expect(betaQuantile(confidence, k + 1, n - k)).toBeGreaterThan(alpha);
    }
  });

  it('refuses below the smallest number and says how many more are needed', () => {
    expect(smallestCertifiedCount(0.05, 0.95)).toBe(59);
    expect(smallestCertifiedCount(0.01, 0.95)).toBe(299);
    expect(calibrateThreshold(certificate, upTo(59)).value).toBe(59);
    expect(() => calibrateThreshold(certificate, upTo(40))).toThrow(
      'a certificate of at most 5 % false alarms with 95 % confidence: needs at least 59 samples, got 40 (19 more are needed)',
    );
    expect(() => calibrateThreshold({ ...certificate, falseAlarmRate: 0 }, upTo(99))).toThrow(InvalidArgumentError);
    expect(() => calibrateThreshold({ ...certificate, confidence: 1 }, upTo(99))).toThrow(InvalidArgumentError);
  });

  it('lets fewer than k calibration scores be alarms, even when many tie with the threshold', () => {
    const scores = upTo(400).map((i) => Math.min(i, 350));
    const { value, rank, expectedFalseAlarmRate } = calibrateThreshold(certificate, scores);
    expect({ value, rank }).toEqual({ value: 350, rank: 13 });
    expect(scores.filter((score) => score > value)).toHaveLength(0);
    expect(expectedFalseAlarmRate).toBeCloseTo(13 / 401, 15);
  });
});

describe('calibrateThreshold', () => {
  it('puts the quantile where the mean false-alarm rate is at most the target', () => {
    expect(calibrateThreshold(plainQuantile, upTo(400))).toMatchObject({ value: 381, rank: 20 });
    expect(calibrateThreshold(plainQuantile, upTo(19))).toMatchObject({
      value: 19,
      rank: 1,
      expectedFalseAlarmRate: 0.05,
    });
    expect(() => calibrateThreshold(plainQuantile, upTo(18))).toThrow('needs at least 19 samples, got 18');
  });

  it('detects the share of known irrelevant images that is asked for', () => {
    const policy: ThresholdPolicy = { kind: 'detection-rate', detectionRate: 0.9 };
    const { value, rank } = calibrateThreshold(policy, upTo(50), upTo(20));
    expect(upTo(20).filter((score) => score > value)).toHaveLength(18);
    expect(rank).toBeNull();
    expect(() => calibrateThreshold(policy, upTo(50))).toThrow(FailedPreconditionError);
    expect(() => calibrateThreshold({ ...policy, detectionRate: 2 }, upTo(9), upTo(9))).toThrow(InvalidArgumentError);
  });

  it('takes a person’s value as it is, also without calibration images', () => {
    const expected = { value: -3.5, abstainFrom: null, abstainTo: null, rank: null, expectedFalseAlarmRate: null };
    expect(calibrateThreshold({ kind: 'manual', value: -3.5 }, [])).toEqual(expected);
    expect(() => calibrateThreshold({ kind: 'manual', value: NaN }, [])).toThrow(InvalidArgumentError);
  });

  it('abstains for the share of calibration images nearest to the threshold', () => {
    const band = calibrateThreshold({ ...plainQuantile, abstainShare: 0.05 }, upTo(400));
    expect(band).toMatchObject({ value: 381, abstainFrom: 372, abstainTo: 391 });
    expect(upTo(400).filter((s) => s >= 372 && s <= 391)).toHaveLength(20);
    const atTheEnd = calibrateThreshold({ kind: 'manual', value: 1000, abstainShare: 0.1 }, upTo(100));
    expect(atTheEnd).toMatchObject({ abstainFrom: 96, abstainTo: 1000 });
    const atTheStart = calibrateThreshold({ kind: 'manual', value: -5, abstainShare: 0.1 }, upTo(100));
    expect(atTheStart).toMatchObject({ abstainFrom: -5, abstainTo: 5 });
    expect(() => calibrateThreshold({ ...plainQuantile, abstainShare: 1 }, upTo(400))).toThrow(InvalidArgumentError);
  });

  it('rejects scores that are NaN', () => {
    expect(() => calibrateThreshold(plainQuantile, [...upTo(30), NaN])).toThrow(
      'calibration scores: expected numbers, got NaN',
    );
  });
});

describe('pValue', () => {
  const calibration = Float64Array.of(1, 2, 2, 2, 5);

  it('counts ties and the image itself, and stays within (0, 1]', () => {
    expect([0, 1, 2, 3, 5, 6].map((score) => pValue(score, calibration) * 6)).toEqual([6, 6, 5, 2, 2, 1]);
    expect(() => pValue(1, new Float64Array())).toThrow(TooFewSamplesError);
  });

  it('is at most α for at most a share α of in-distribution images, ties included', () => {
    const random = createRandom(5);
    const draw = (): number => random.integer(7);
    let below = 0;
    for (let run = 0; run < 5000; run++) {
      const scores = Float64Array.from({ length: 30 }, draw).sort();
      if (pValue(draw(), scores) <= 0.1) below++;
    }
    expect(clopperPearson(below, 5000, 0.999).low).toBeLessThanOrEqual(0.1);
  });
});

describe('operatingPoint', () => {
  const cutAt = (value: number) => ({ value, abstainFrom: null, abstainTo: null });

  it('counts what gets no verdict by itself: it is neither an alarm nor a miss', () => {
    const scores = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const named = (name: string) => ({ scores, names: scores.map(() => name) });
    const point = operatingPoint({ value: 5, abstainFrom: 4, abstainTo: 6 }, named('cat'), named('food'));
    const counted = [point.falseAlarm, point.abstained, point.miss, point.abstainedIrrelevant];
    expect(counted.map((rate) => rate?.events)).toEqual([3, 3, 4, 3]);
    expect([point.byClass[0].rate.events, point.byGroup[0].rate.events]).toEqual([3, 4]);
  });

  it('counts alarms by class and misses by group, with intervals', () => {
    const point = operatingPoint(
      cutAt(2),
      { scores: [1, 2, 3, 0], names: ['cat', 'dog', 'dog', 'cat'] },
      { scores: [2, 5, 9], names: ['food', 'food', 'sky'] },
    );
    expect(point.falseAlarm).toMatchObject({ events: 1, photos: 4, value: 0.25 });
    expect(point.miss).toMatchObject({ events: 1, photos: 3 });
    expect(point.byClass.map(({ name, rate }) => [name, rate.events, rate.photos])).toEqual([['cat', 0, 2], ['dog', 1, 2]]); // prettier-ignore
    expect(point.byGroup.map(({ name, rate }) => [name, rate.events, rate.photos])).toEqual([['food', 1, 2], ['sky', 0, 1]]); // prettier-ignore
    const { low, high } = clopperPearson(1, 4);
    expect(point.falseAlarm).toMatchObject({ low, high });
  });

  it('has no rate where there are no images', () => {
    const none = { scores: [], names: [] };
    expect(operatingPoint(cutAt(0), none, none)).toEqual({
      falseAlarm: null,
      miss: null,
      abstained: null,
      abstainedIrrelevant: null,
      byClass: [],
      byGroup: [],
    });
    expect(() => operatingPoint(cutAt(0), { scores: [1], names: [] }, none)).toThrow(
      'names: expected shape [1], got [0]',
    );
  });
});
