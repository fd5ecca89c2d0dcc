import type { Detector as DetectorMessage } from '@outsider/contracts';
import type { Detector } from '@outsider/database';
import type { Evaluation } from '../fitting/evaluation.ts';
import { toThresholdMessage } from './threshold-message.ts';

export function toDetectorMessage(detector: Detector): DetectorMessage {
  const { groups, robustness, selection } = detector.evaluation as unknown as Evaluation;
  return {
    id: detector.id,
    method: detector.method,
    backboneVersion: detector.backboneVersion,
    snapshotDigest: detector.snapshotDigest,
    layers: [...detector.layers],
    options: detector.options as Record<string, unknown>,
    stateBytes: detector.stateBytes,
    fitSeconds: detector.fitSeconds,
    createTime: detector.createdAt,
    groups: groups.map((figures) => ({ ...figures })),
    leftOut: (selection?.groups ?? []).map(({ group, photos, seen, unseen }) => ({
      group,
      photos,
      seen,
      unseen: unseen ?? undefined,
    })),
    robustness: robustness.map((figures) => ({ ...figures })),
    standing: selection
      ? {
          worstGroup: selection.worstGroup,
          worst: selection.worst,
          macro: selection.macro,
          againstIncumbent: selection.againstIncumbent ?? undefined,
        }
      : undefined,
    threshold: detector.threshold ? toThresholdMessage(detector.threshold) : undefined,
  };
}
