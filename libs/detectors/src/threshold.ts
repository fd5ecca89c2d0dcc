import { FailedPreconditionError, InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { countAbove, thresholdAtDetection } from '@outsider/metrics';
import { certificateRank, requireShare } from './certificate.ts';

/** How a threshold is fixed. A verdict is novel iff score > threshold. Plain data, stored as it is. */
export type ThresholdPolicy = {
  /** This share of the calibration images, those nearest to the threshold, gets no verdict; in [0, 1). */
  readonly abstainShare?: number;
} & (
  | /** At most so many false alarms, with this confidence over calibration sets. */ {
      readonly kind: 'certificate';
      readonly falseAlarmRate: number;
      readonly confidence: number;
    }
  | /** So many false alarms on average over calibration sets: about every second has more. */ {
      readonly kind: 'quantile';
      readonly falseAlarmRate: number;
    }
  | /** At least so many of the known irrelevant images detected, whatever the false alarms. */ {
      readonly kind: 'detection-rate';
      readonly detectionRate: number;
    }
  | /** A person's choice. */ { readonly kind: 'manual'; readonly value: number }
);

export interface CalibratedThreshold {
  readonly value: number;
  /** Scores from here up to `abstainTo` get no verdict; null when the policy has no band. */
  readonly abstainFrom: number | null;
  readonly abstainTo: number | null;
  /** The threshold is the so many-th most novel calibration score; null where it is none of them. */
  readonly rank: number | null;
  /** Mean false-alarm rate over calibration sets; null where the policy says nothing of it. */
  readonly expectedFalseAlarmRate: number | null;
}

/**
 * Fixes a threshold from stored scores.
 *
 * @param calibrationScores of in-distribution images that neither the backbone nor the detector was fitted on
 * @param irrelevantScores of known irrelevant images, for a target detection rate
 * @throws {TooFewSamplesError} when the calibration images are too few for what the policy promises
 * @throws {FailedPreconditionError} for a detection rate without irrelevant scores
 * @throws {InvalidArgumentError} for rates out of range and scores that are NaN
 */
export function calibrateThreshold(
  policy: ThresholdPolicy,
  calibrationScores: ArrayLike<number>,
  irrelevantScores: ArrayLike<number> = [],
): CalibratedThreshold {
  const ascending = Float64Array.from(calibrationScores).sort();
  const n = ascending.length;
  // Sorting puts NaN last.
  if (n > 0 && Number.isNaN(ascending[n - 1]))
    throw new InvalidArgumentError('calibration scores: expected numbers, got NaN');
  const { value, rank } = fix(policy, ascending, irrelevantScores);
  return {
    value,
    ...abstainBand(value, policy.abstainShare ?? 0, ascending),
    rank,
    expectedFalseAlarmRate: rank === null ? null : rank / (n + 1),
  };
}

function fix(
  policy: ThresholdPolicy,
  ascending: Float64Array,
  irrelevantScores: ArrayLike<number>,
): { value: number; rank: number | null } {
  const n = ascending.length;
  switch (policy.kind) {
    case 'certificate': {
      const rank = certificateRank(n, policy.falseAlarmRate, policy.confidence);
      return { value: ascending[n - rank], rank };
    }
    case 'quantile': {
      requireShare('false-alarm rate', policy.falseAlarmRate);
      // Rank over n + 1 is the mean false-alarm rate. A product such as 0.05 · 60 may fall just short of 3.
      const rank = Math.floor(policy.falseAlarmRate * (n + 1) + 1e-9);
      if (rank < 1) {
        const needed = Math.ceil(1 / policy.falseAlarmRate - 1e-9) - 1;
        throw new TooFewSamplesError(`a quantile of ${policy.falseAlarmRate} of the calibration scores`, needed, n);
      }
      return { value: ascending[n - rank], rank };
    }
    case 'detection-rate': {
      if (irrelevantScores.length === 0) {
        throw new FailedPreconditionError(
          'a target detection rate needs scores of irrelevant images, and there are none',
          {
            reason: 'NO_IRRELEVANT_IMAGES',
          },
        );
      }
      return { value: thresholdAtDetection(irrelevantScores, policy.detectionRate), rank: null };
    }
    case 'manual':
      if (!Number.isFinite(policy.value))
        throw new InvalidArgumentError(`threshold: expected a finite number, got ${policy.value}`);
      return { value: policy.value, rank: null };
  }
}

/** Half of the share on each side of the threshold, counted in calibration images; the threshold lies in the band. */
function abstainBand(
  value: number,
  share: number,
  ascending: Float64Array,
): Pick<CalibratedThreshold, 'abstainFrom' | 'abstainTo'> {
  if (!(share >= 0 && share < 1))
    throw new InvalidArgumentError(`abstain share: expected a number from 0 up to 1, got ${share}`);
  const n = ascending.length;
  const half = Math.round((share * n) / 2);
  if (half === 0) return { abstainFrom: null, abstainTo: null };
  const notAbove = n - countAbove(ascending, value);
  return {
    abstainFrom: Math.min(value, ascending[Math.max(0, notAbove - half)]),
    abstainTo: Math.max(value, ascending[Math.min(n, notAbove + half) - 1]),
  };
}
