import { TooFewSamplesError } from '@outsider/domain';
import { lowerBound } from '@outsider/metrics';

/**
 * Share of calibration scores at least as high, the image itself counted among them: (1 + #{s ≥ score}) / (n + 1).
 *
 * Small = novel. For an in-distribution image exchangeable with the calibration images, P(p ≤ α) ≤ α, ties included.
 *
 * @param sortedCalibrationScores ascending
 * @returns in (0, 1]
 * @throws {TooFewSamplesError} without calibration scores
 */
export function pValue(score: number, sortedCalibrationScores: Float64Array): number {
  const n = sortedCalibrationScores.length;
  if (n === 0) throw new TooFewSamplesError('a p-value, in calibration scores', 1, 0);
  return (1 + n - lowerBound(sortedCalibrationScores, score)) / (n + 1);
}
