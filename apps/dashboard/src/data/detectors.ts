import 'server-only';
import { cache } from 'react';
import { deploymentRepository, detectorRepository, jobRepository, type Detector } from '@outsider/database';
import type { Policy } from '../views/policy-words.ts';
import { orAbsent } from './absent.ts';
import {
  readChoice,
  readEvaluation,
  readFitResult,
  readLeftOut,
  readOperatingPoint,
  readPolicy,
  readRobustness,
  worstGroup,
  type GroupFigures,
  type LeftOutView,
  type OperatingPointView,
  type RefusalView,
  type VariantView,
} from './json.ts';
import { database } from './store.ts';

/** A threshold as pages show it. */
export interface ThresholdView {
  readonly id: string;
  readonly value: number;
  readonly policy: Policy;
  readonly calibrationPhotos: number;
  readonly operatingPoint: OperatingPointView;
  readonly author: string;
  readonly reason: string;
  readonly createdAt: string;
}

/** A detector as pages show it. */
export interface DetectorView {
  readonly id: string;
  readonly method: string;
  readonly backboneVersion: string;
  readonly snapshotDigest: string;
  readonly scoresArtifact: string;
  readonly layers: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly stateBytes: number;
  readonly fitSeconds: number;
  readonly createdAt: string;
  /** Figures of all irrelevant groups together; null without irrelevant photos. */
  readonly overall: GroupFigures | null;
  /** One entry per irrelevant group. */
  readonly groups: readonly GroupFigures[];
  readonly worst: { readonly group: string; readonly auroc: number } | null;
  readonly threshold: ThresholdView | null;
  /** Leave-one-group-out: what the automatic choice went by. */
  readonly leftOut: readonly LeftOutView[];
  /** Pictures made on the fly, at the threshold that was fixed at the fit. */
  readonly robustness: readonly VariantView[];
  /** Why it was chosen among those fitted with it; null when it was not. */
  readonly choice: string | null;
  /** The job that fitted it. */
  readonly jobId: string;
}

/** The detectors fitted on a version, each method's newest; the best on its worst group first. */
export async function listDetectors(backboneVersion: string): Promise<DetectorView[]> {
  const { items } = await detectorRepository(database()).list({ backboneVersion, pageSize: 200 });
  const newest = new Map<string, DetectorView>();
  for (const detector of items) if (!newest.has(detector.method)) newest.set(detector.method, toDetectorView(detector));
  return [...newest.values()].sort(byWorstGroup);
}

function byWorstGroup(a: DetectorView, b: DetectorView): number {
  return (b.worst?.auroc ?? -1) - (a.worst?.auroc ?? -1) || (b.overall?.auroc ?? -1) - (a.overall?.auroc ?? -1);
}

/** What the fit that made these detectors could not do, each with its reason. */
export async function readRefusals(
  detectors: readonly DetectorView[],
): Promise<{ readonly notFitted: readonly RefusalView[]; readonly withoutThreshold: readonly RefusalView[] }> {
  const newest = detectors.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
  const job = newest && (await orAbsent(jobRepository(database()).get(newest.jobId)));
  return readFitResult(job?.result);
}

export const findDetector = cache(async (id: string): Promise<DetectorView | undefined> => {
  const detector = await orAbsent(detectorRepository(database()).get(id));
  return detector && toDetectorView(detector);
});

/** The detector of a bundle. */
export const findDetectorOfBundle = cache(async (bundleId: string): Promise<DetectorView | undefined> => {
  const bundle = await orAbsent(deploymentRepository(database()).getBundle(bundleId));
  return bundle && findDetector(bundle.detectorId);
});

export function toDetectorView(detector: Detector): DetectorView {
  const figures = readEvaluation(detector.evaluation);
  const { threshold } = detector;
  return {
    id: detector.id,
    method: detector.method,
    backboneVersion: detector.backboneVersion,
    snapshotDigest: detector.snapshotDigest,
    scoresArtifact: detector.scoresArtifact,
    layers: detector.layers,
    options: detector.options,
    stateBytes: detector.stateBytes,
    fitSeconds: detector.fitSeconds,
    createdAt: detector.createdAt.toISOString(),
    overall: figures.find((one) => one.group === '') ?? null,
    groups: figures.filter((one) => one.group !== ''),
    worst: worstGroup(figures),
    threshold: threshold && toThresholdView(threshold),
    leftOut: readLeftOut(detector.evaluation),
    robustness: readRobustness(detector.evaluation),
    choice: readChoice(detector.evaluation),
    jobId: detector.jobId,
  };
}

export function toThresholdView(threshold: NonNullable<Detector['threshold']>): ThresholdView {
  return {
    id: threshold.id,
    value: threshold.value,
    policy: readPolicy(threshold.policy),
    calibrationPhotos: threshold.calibrationPhotos,
    operatingPoint: readOperatingPoint(threshold.operatingPoint),
    author: threshold.author,
    reason: threshold.reason,
    createdAt: threshold.createdAt.toISOString(),
  };
}
