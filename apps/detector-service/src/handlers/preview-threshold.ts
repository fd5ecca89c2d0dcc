import type { PreviewThresholdRequest, PreviewThresholdResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import { fixThreshold } from '../calibration/fix-threshold.ts';
import { readPolicy } from '../calibration/threshold-policy.ts';
import type { Context } from '../context.ts';
import { toThresholdMessage } from '../messages/threshold-message.ts';

/** PreviewThreshold: what a threshold would do, from stored scores. Nothing is stored. */
export function previewThreshold({ models, repositories: { detectors } }: Context) {
  return unary<PreviewThresholdRequest, PreviewThresholdResponse>('viewer', async ({ detectorId, policy: message }) => {
    const policy = readPolicy(message);
    const detector = await detectors.get(detectorId);
    const fixed = fixThreshold(policy, await models.storedScores(detector));
    const threshold = {
      ...fixed,
      detectorId: detector.id,
      calibrationSnapshotDigest: detector.snapshotDigest,
      reason: '',
    };
    return { threshold: toThresholdMessage(threshold) };
  });
}
