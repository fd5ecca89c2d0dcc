import type { LayerShape } from '@outsider/database';
import type { Preprocessing } from '@outsider/domain';
import type { Candidate } from '@outsider/onnx-import';

/** How the images of a classifier are prepared, as its owner states it. */
export interface StatedPreprocessing {
  readonly preprocessing: Preprocessing;
  /** The size is only a preset's: what the graph fixes comes before it. */
  readonly sizeFromGraph: boolean;
}

/** What the service asks of the process that reads a classifier. Plain data: it travels between processes. */
export type ClassifierTask =
  | { readonly kind: 'inspect'; readonly file: string; readonly size: readonly [number, number] | undefined }
  | {
      readonly kind: 'adopt';
      readonly file: string;
      readonly artifactsDir: string;
      /** Empty for the value that the last linear layer reads. */
      readonly layer: string;
      /** In the order of the logits. */
      readonly classes: readonly string[];
      readonly stated: StatedPreprocessing;
    };

/** What a look at a classifier shows. */
export interface Inspection {
  /** Pixels, height then width. */
  readonly size: readonly [number, number];
  readonly channelsLast: boolean;
  readonly candidates: readonly Candidate[];
  /** Numbers that it gives an image: its classes, or 1 before a sigmoid. */
  readonly logits: number;
}

/** The parts of the backbone version that a classifier becomes. */
export interface AdoptedClassifier {
  readonly architecture: string;
  readonly onnxArtifact: string;
  readonly headArtifact: string;
  readonly preprocessing: Preprocessing;
  readonly preprocessingDigest: string;
  readonly layers: readonly LayerShape[];
  /** As the classifier's own graph names it. */
  readonly relevantLayer: string;
  /** Largest relative difference between the file as it came and the version, over every output. */
  readonly exportDifference: number;
  /** What will be missing and why, one sentence each. */
  readonly notes: readonly string[];
}

export type FromClassifierProcess =
  | { readonly kind: 'inspected'; readonly inspection: Inspection }
  | { readonly kind: 'adopted'; readonly adopted: AdoptedClassifier }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string };
