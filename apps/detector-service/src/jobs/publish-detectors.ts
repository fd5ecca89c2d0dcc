import {
  detectorRepository,
  thresholdRepository,
  type BackboneVersion,
  type JobLease,
  type JsonObject,
  type Transaction,
} from '@outsider/database';
import type { Evaluation } from '../fitting/evaluation.ts';
import { judgeVariants } from '../fitting/robustness.ts';
import type { FitOutcome } from '../fitting/run-fit-process.ts';
import type { NotFitted } from '../fitting/plan-fits.ts';
import type { CalibratedMethod } from './calibrate-fitted.ts';
import type { FitPayload } from './fit-payload.ts';

/** The detector and threshold to bundle. */
export interface Chosen {
  readonly detectorId: string;
  readonly thresholdId: string;
  readonly method: string;
  /** One sentence. */
  readonly reason: string;
}

/** The result of the job, as it is stored. */
export interface FitResult {
  /** Ids, in the order of the methods asked for. */
  readonly detectors: readonly string[];
  /** Null when no detector has a threshold. */
  readonly chosen: Chosen | null;
  readonly notFitted: readonly NotFitted[];
  /** Detectors whose policy refused to fix a threshold: they cannot be bundled. */
  readonly withoutThreshold: readonly {
    readonly detectorId: string;
    readonly method: string;
    readonly reason: string;
  }[];
}

export interface Publication {
  readonly version: BackboneVersion;
  readonly payload: FitPayload;
  readonly calibrated: readonly CalibratedMethod[];
  readonly outcome: FitOutcome;
  /** What each variant score is of, such as `blur`. */
  readonly variants: readonly string[];
  readonly lease: JobLease;
  /** Name of the token that asked for the fit. */
  readonly actor: string;
}

/**
 * Stores all detectors of a job and puts their thresholds in force, in one transaction: either all are there or none.
 *
 * @throws {AbortedError} when the lease is lost
 */
export async function publishDetectors(tx: Transaction, publication: Publication): Promise<FitResult> {
  const { version, payload, calibrated, outcome, variants, lease, actor } = publication;
  const detectors = detectorRepository(tx);
  const thresholds = thresholdRepository(tx);
  const { choice, figures } = outcome;
  const ids: string[] = [];
  const withoutThreshold: { detectorId: string; method: string; reason: string }[] = [];
  let chosen: Chosen | null = null;

  for (const { fitted, threshold, refusal } of calibrated) {
    const isChosen = choice?.method === fitted.method;
    const { groups, options, variantScores, ...rest } = fitted;
    const evaluation: Evaluation = {
      groups,
      robustness: threshold ? judgeVariants(variants, variantScores, threshold) : [],
      selection: figures.get(fitted.method) ?? null,
      chosen: isChosen ? choice.reason : null,
      regret: isChosen ? choice.regret : null,
    };
    const detector = await detectors.create(
      {
        ...rest,
        backboneVersion: version.digest,
        snapshotDigest: payload.snapshotDigest,
        options: options as JsonObject,
        seed: payload.seed,
        evaluation: evaluation as unknown as JsonObject,
      },
      lease,
    );
    ids.push(detector.id);
    if (!threshold) {
      withoutThreshold.push({ detectorId: detector.id, method: fitted.method, reason: refusal ?? '' });
      continue;
    }
    const { id: thresholdId } = await thresholds.create(
      {
        ...threshold,
        detectorId: detector.id,
        calibrationSnapshotDigest: payload.snapshotDigest,
        reason: 'calibrated when the detector was fitted',
      },
      actor,
    );
    if (isChosen) chosen = { detectorId: detector.id, thresholdId, method: fitted.method, reason: choice.reason };
  }
  return { detectors: ids, chosen, notFitted: outcome.notFitted, withoutThreshold };
}
