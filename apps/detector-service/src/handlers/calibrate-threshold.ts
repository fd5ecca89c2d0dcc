import type { CalibrateThresholdRequest, CalibrateThresholdResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import { fixThreshold } from '../calibration/fix-threshold.ts';
import { readPolicy } from '../calibration/threshold-policy.ts';
import type { Context } from '../context.ts';
import { toThresholdMessage } from '../messages/threshold-message.ts';

/** CalibrateThreshold: fixes a threshold from stored scores and puts it in force. */
export function calibrateThreshold({ models, repositories: { detectors, thresholds } }: Context) {
  return unary<CalibrateThresholdRequest, CalibrateThresholdResponse>(
    'operator',
    async ({ detectorId, policy: message, reason }, { principal }) => {
      const policy = readPolicy(message);
      const detector = await detectors.get(detectorId);
      const fixed = fixThreshold(policy, await models.storedScores(detector));
      const threshold = await thresholds.create(
        { ...fixed, detectorId: detector.id, calibrationSnapshotDigest: detector.snapshotDigest, reason },
        principal.name,
      );
      return { threshold: toThresholdMessage(threshold) };
    },
  );
}
