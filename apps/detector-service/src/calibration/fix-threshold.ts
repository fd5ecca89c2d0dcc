import { calibrateThreshold, operatingPoint, type NamedScores } from '@outsider/detectors';
import type { JsonObject, NewThreshold } from '@outsider/database';
import type { ScoredPhoto, StoredScores } from './stored-scores.ts';
import type { ThresholdPolicy } from './threshold-policy.ts';

/** A threshold as it is stored, but for whose it is and why. */
export type FixedThreshold = Pick<
  NewThreshold,
  'policy' | 'value' | 'abstainFrom' | 'abstainTo' | 'calibrationPhotos' | 'operatingPoint'
>;

/**
 * Fixes a threshold from stored scores: on in-distribution photos of the split `calibrate`, or for a target detection
 * rate on irrelevant photos of the split `select`. What it does is counted on the split `test`, whose photos had no part
 * in it; without in-distribution photos there, false alarms are counted on `calibrate`.
 *
 * @throws {TooFewSamplesError} when there are fewer photos than the policy needs
 * @throws {FailedPreconditionError} for a target detection rate without irrelevant photos
 */
export function fixThreshold(policy: ThresholdPolicy, stored: StoredScores): FixedThreshold {
  const { scores } = pick(stored, ({ split, group }) => split === 'select' && group !== null);
  const cut = calibrateThreshold(policy, stored.sortedCalibration, scores);
  const tested = pick(stored, ({ split, label }) => split === 'test' && label !== null);
  const inDistribution =
    tested.scores.length > 0 ? tested : pick(stored, ({ split, label }) => split === 'calibrate' && label !== null);
  const irrelevant = pick(stored, ({ split, group }) => split === 'test' && group !== null);
  return {
    policy: policy as unknown as JsonObject,
    value: cut.value,
    abstainFrom: cut.abstainFrom,
    abstainTo: cut.abstainTo,
    calibrationPhotos: stored.sortedCalibration.length,
    operatingPoint: operatingPoint(cut, inDistribution, irrelevant) as unknown as JsonObject,
  };
}

/** Scores of the photos wanted, each with its class or group. */
function pick({ photos, scores }: StoredScores, wanted: (photo: ScoredPhoto) => boolean): NamedScores {
  const chosen = photos.flatMap((photo, i) => (wanted(photo) ? [i] : []));
  return {
    scores: Float64Array.from(chosen, (i) => scores[i]),
    names: chosen.map((i) => photos[i].label ?? photos[i].group ?? ''),
  };
}
