import type { Digest, Layer } from '@outsider/domain';
import type { JsonObject } from '../client/json.ts';

/** A method fitted on one backbone version's activations. */
export interface Detector {
  readonly id: string;
  /** Digest of the only version it may score. */
  readonly backboneVersion: Digest;
  readonly snapshotDigest: Digest;
  /** The job that fitted it. */
  readonly jobId: string;
  readonly method: string;
  /** Every default filled in. */
  readonly options: JsonObject;
  readonly formatVersion: number;
  readonly seed: number;
  readonly layers: readonly Layer[];
  readonly modelArtifact: Digest;
  readonly stateBytes: number;
  readonly fitSeconds: number;
  /** Scores of every snapshot item, `.npy` float64 [rows]. */
  readonly scoresArtifact: Digest;
  /** Figures per group on images that neither fitting nor calibration saw. */
  readonly evaluation: JsonObject;
  readonly createdAt: Date;
  /** In force; null when none is. */
  readonly threshold: Threshold | null;
}

export type NewDetector = Omit<Detector, 'id' | 'jobId' | 'createdAt' | 'threshold'>;

/** How a detector's verdicts are cut: novel iff score > value. */
export interface Threshold {
  readonly id: string;
  readonly detectorId: string;
  readonly backboneVersion: Digest;
  /** `{ kind, … }` as the caller asked for it. */
  readonly policy: JsonObject;
  readonly value: number;
  /** The band that gives no verdict; both null when there is none. */
  readonly abstainFrom: number | null;
  readonly abstainTo: number | null;
  readonly calibrationSnapshotDigest: Digest;
  /** In-distribution images behind it. */
  readonly calibrationPhotos: number;
  /** Rates with Clopper–Pearson intervals, overall, per class and per group. */
  readonly operatingPoint: JsonObject;
  readonly author: string;
  readonly reason: string;
  readonly createdAt: Date;
}

export type NewThreshold = Omit<Threshold, 'id' | 'backboneVersion' | 'author' | 'createdAt'>;
