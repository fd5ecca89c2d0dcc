import type { Detector, Threshold } from '@outsider/database';
import { FailedPreconditionError } from '@outsider/domain';
import type { Context } from '../context.ts';

/** Who decides about an image: a detector and the threshold that cuts its scores. */
export interface Judge {
  readonly detector: Detector;
  readonly threshold: Threshold;
}

/**
 * The detector asked for with its threshold in force; without an id, the bundle in production that was promoted last,
 * with the bundle's own threshold.
 *
 * @throws {NotFoundError} for an unknown detector
 * @throws {FailedPreconditionError} when nothing is in production, or the detector has no threshold
 */
export async function findJudge(
  { repositories: { deployments, detectors, thresholds } }: Pick<Context, 'repositories'>,
  detectorId: string,
): Promise<Judge> {
  if (detectorId !== '') {
    const detector = await detectors.get(detectorId);
    if (!detector.threshold) {
      throw new FailedPreconditionError(
        `detector ${detectorId} (${detector.method}) has no threshold in force; calibrate one first`,
        { reason: 'NO_THRESHOLD', detectorId },
      );
    }
    return { detector, threshold: detector.threshold };
  }
  const current = await deployments.findCurrent();
  if (!current) {
    throw new FailedPreconditionError('nothing is in production; promote a bundle, or name a detector', {
      reason: 'NOTHING_IN_PRODUCTION',
    });
  }
  const { detectorId: promoted, thresholdId } = current.bundle;
  const [detector, threshold] = await Promise.all([detectors.get(promoted), thresholds.get(thresholdId)]);
  return { detector, threshold };
}
