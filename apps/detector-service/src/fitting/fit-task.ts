import type { Digest, Layer, Split } from '@outsider/domain';
import type { Choosing } from './choose-method.ts';
import type { GroupFigures } from './evaluate.ts';
import type { NotFitted, PlannedFit } from './plan-fits.ts';

/** What each row of a snapshot's activation sets is: row i is item i. */
export interface FitRow {
  readonly split: Split;
  /** Class index; −1 for irrelevant photos. */
  readonly label: number;
  /** Irrelevant group; '' for in-distribution photos. */
  readonly group: string;
}

/** Everything that the fitting process needs to know; the numbers it reads from the artifacts itself. */
export interface FitTask {
  readonly artifactsDir: string;
  readonly backboneVersion: Digest;
  readonly activationSets: readonly { readonly layer: Layer; readonly artifact: Digest }[];
  readonly headArtifact: Digest;
  readonly rows: readonly FitRow[];
  readonly classes: number;
  readonly fits: readonly PlannedFit[];
  /** Pictures made on the fly, which are scored and never learnt from; absent when none are. */
  readonly variants?: { readonly rows: number; readonly activationSets: FitTask['activationSets'] };
  readonly seed: number;
}

/** A fitted method, its model and scores stored as artifacts. */
export interface FittedMethod {
  readonly method: string;
  readonly options: unknown;
  readonly formatVersion: number;
  readonly layers: readonly Layer[];
  readonly modelArtifact: Digest;
  readonly stateBytes: number;
  readonly fitSeconds: number;
  /** `.npy`, float64, one score for every row of the snapshot. */
  readonly scoresArtifact: Digest;
  /** Of the variants, in their order; empty without any. */
  readonly variantScores: readonly number[];
  /** On the split `test`. */
  readonly groups: readonly GroupFigures[];
}

/** What the fitting process says. The last is `done` or `failed`. */
export type FitMessage =
  | { readonly kind: 'progress'; readonly fraction: number; readonly note: string }
  | { readonly kind: 'fitted'; readonly fitted: FittedMethod }
  | { readonly kind: 'not-fitted'; readonly notFitted: NotFitted }
  | ({ readonly kind: 'chosen' } & Choosing)
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly name: string;
      /** Of a DomainError; absent for a defect. */
      readonly code?: string;
      readonly message: string;
      readonly stack?: string;
    };
