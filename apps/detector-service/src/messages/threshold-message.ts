import type { Threshold as ThresholdMessage } from '@outsider/contracts';
import type { Threshold } from '@outsider/database';
import type { OperatingPoint } from '@outsider/detectors';
import { toPolicyMessage, type ThresholdPolicy } from '../calibration/threshold-policy.ts';

/** A stored threshold, or one that is only looked at: then without id, author and time. */
export type ThresholdFacts = Omit<Threshold, 'id' | 'backboneVersion' | 'author' | 'createdAt'> &
  Partial<Pick<Threshold, 'id' | 'author' | 'createdAt'>>;

export function toThresholdMessage(threshold: ThresholdFacts): ThresholdMessage {
  const { falseAlarm, miss, abstained, abstainedIrrelevant, byClass, byGroup } =
    threshold.operatingPoint as unknown as OperatingPoint;
  return {
    id: threshold.id ?? '',
    detectorId: threshold.detectorId,
    policy: toPolicyMessage(threshold.policy as unknown as ThresholdPolicy),
    value: threshold.value,
    abstainFrom: threshold.abstainFrom ?? undefined,
    abstainTo: threshold.abstainTo ?? undefined,
    calibrationPhotos: threshold.calibrationPhotos,
    calibrationSnapshotDigest: threshold.calibrationSnapshotDigest,
    falseAlarm: falseAlarm ?? undefined,
    miss: miss ?? undefined,
    abstained: abstained ?? undefined,
    abstainedIrrelevant: abstainedIrrelevant ?? undefined,
    byClass: [...byClass],
    byGroup: [...byGroup],
    author: threshold.author ?? '',
    reason: threshold.reason,
    createTime: threshold.createdAt,
  };
}
