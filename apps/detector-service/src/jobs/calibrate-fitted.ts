import type { SnapshotItem } from '@outsider/database';
import { DomainError } from '@outsider/domain';
import { fixThreshold, type FixedThreshold } from '../calibration/fix-threshold.ts';
import { decodeScores, toStoredScores } from '../calibration/stored-scores.ts';
import type { Context } from '../context.ts';
import type { FittedMethod } from '../fitting/fit-task.ts';
import type { FitOutcome } from '../fitting/run-fit-process.ts';
import type { FitPayload } from './fit-payload.ts';

/** A fitted method with its threshold, or with the sentence why it has none. */
export interface CalibratedMethod {
  readonly fitted: FittedMethod;
  readonly threshold?: FixedThreshold;
  readonly refusal?: string;
}

/**
 * Fixes each detector's threshold by the policy that was asked for. A policy that refuses (a certificate without enough
 * photos) leaves the detector without a threshold: no weaker one is put in its place.
 */
export async function calibrateFitted(
  { artifacts }: Context,
  { policy }: FitPayload,
  items: readonly SnapshotItem[],
  { fitted: all }: FitOutcome,
): Promise<CalibratedMethod[]> {
  const calibrated: CalibratedMethod[] = [];
  for (const fitted of all) {
    const scores = decodeScores(await artifacts.getBytes(fitted.scoresArtifact), items.length, fitted.scoresArtifact);
    try {
      calibrated.push({ fitted, threshold: fixThreshold(policy, toStoredScores(items, scores)) });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'failed-precondition') throw error;
      calibrated.push({ fitted, refusal: error.message });
    }
  }
  return calibrated;
}
