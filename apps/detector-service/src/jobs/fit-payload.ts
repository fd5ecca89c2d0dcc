import type { JsonValue } from '@outsider/database';
import type { Digest } from '@outsider/domain';
import type { ThresholdPolicy } from '../calibration/threshold-policy.ts';
import type { PlannedFit } from '../fitting/plan-fits.ts';

/** What a job of the kind `fit-detectors` is asked to do; every default is filled in. */
export interface FitPayload {
  readonly backboneVersion: Digest;
  readonly snapshotDigest: Digest;
  readonly methods: readonly PlannedFit[];
  readonly policy: ThresholdPolicy;
  readonly seed: number;
}

export function toFitPayload(payload: FitPayload): JsonValue {
  return payload as unknown as JsonValue;
}

/** Only `fitDetectors` queues such jobs, so the payload is what it wrote. */
export function readFitPayload(payload: JsonValue): FitPayload {
  return payload as unknown as FitPayload;
}
