import type { BackendName } from '@outsider/finetuning/backends';
import type { Layer, Preprocessing, Stage } from '@outsider/domain';
import type { Recipe } from '../recipe.ts';
import type { TrainingFigures } from './trained-backbone.ts';

/** What the service asks of its worker process. Plain data: it travels between processes. */
export interface TrainingTask {
  /** Names what the training keeps between its epochs. */
  readonly runId: string;
  readonly artifactsDir: string;
  readonly cacheDir: string;
  readonly recipe: Recipe;
  /** Train on this one or fail. Undefined: on the fastest that works. */
  readonly backend: BackendName | undefined;
  /** Sorted; labels are positions here. */
  readonly classes: readonly string[];
  /** In-distribution photos; those not in the split `train` measure how well the classes are told apart. */
  readonly photos: readonly TrainingPhoto[];
}

export interface TrainingPhoto {
  readonly contentDigest: string;
  readonly label: number;
  readonly train: boolean;
}

/** What the worker tells while it works. */
export type WorkerEvent =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | { readonly kind: 'progress'; readonly stage: Stage; readonly fraction: number; readonly note: string }
  | { readonly kind: 'metrics'; readonly step: number; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'log'; readonly text: string };

/** What comes of it: everything a backbone version consists of, by digest. */
export interface TrainingResult {
  readonly architecture: string;
  readonly backend: string;
  readonly onnxArtifact: string;
  readonly headArtifact: string;
  /** `model.json` of the layers model; its manifest names the shards, artifacts too, `<digest>.bin`. */
  readonly layersModelArtifact: string;
  readonly weightsDigest: string;
  readonly preprocessing: Preprocessing;
  readonly preprocessingDigest: string;
  readonly layers: readonly { readonly layer: Layer; readonly dimension: number }[];
  readonly exportDifference: number;
  readonly validation: Validation;
  readonly training: TrainingFigures & { readonly weightSource: string; readonly peakMiB: number };
}

/** How well the trained network tells the classes apart on photos it was not trained on. */
export interface Validation {
  readonly photos: number;
  readonly accuracy: number;
  readonly loss: number;
  /** Rows: true class, columns: predicted. */
  readonly confusion: readonly (readonly number[])[];
  readonly mistakeCount: number;
  /** The surest first, some dozens at most. */
  readonly mistakes: readonly Mistake[];
}

/** A photo that the network takes for another class. */
export interface Mistake {
  readonly contentDigest: string;
  readonly label: string;
  readonly predicted: string;
  /** Of the predicted class, 0 to 1. */
  readonly probability: number;
}

export type ToWorker = { readonly kind: 'train'; readonly task: TrainingTask };

export type FromWorker =
  | { readonly kind: 'event'; readonly event: WorkerEvent }
  | { readonly kind: 'done'; readonly result: TrainingResult }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string };
