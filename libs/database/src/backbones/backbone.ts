import type { Digest, Layer, Preprocessing } from '@outsider/domain';
import type { JsonObject } from '../client/json.ts';

/** A line of versions that share an architecture and a purpose. */
export interface Backbone {
  readonly id: string;
  /** Unique: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly architecture: string;
  readonly createdAt: Date;
}

/** A layer that a version emits. */
export interface LayerShape {
  readonly layer: Layer;
  /** Numbers an image. */
  readonly dimension: number;
}

/** Where a version comes from that was trained elsewhere. */
export interface VersionImport {
  /** Name of the token that imported it. */
  readonly by: string;
  /** Name of the file, as its owner has it; its digest is the version's `weightsDigest`. */
  readonly file: string;
  /** The relevant layer, as the file's own graph names it. */
  readonly layer: string;
}

/** Immutable weights, architecture and preprocessing. */
export interface BackboneVersion {
  readonly digest: Digest;
  /** Name of its backbone. */
  readonly backbone: string;
  /** 1, 2, 3… within the backbone. */
  readonly number: number;
  readonly architecture: string;
  /** ONNX file with the outputs `relevant_layer`, `logits` and, where there is a global pooling, `pooled`. */
  readonly onnxArtifact: Digest;
  /** Relevant layer and output layer as safetensors; of an imported version the output layer, where it can be read. */
  readonly headArtifact: Digest;
  /**
   * `model.json` of the whole network as a TensorFlow.js layers model, whose manifest names its shards `<digest>.bin`.
   * Null for an imported version, and for one made before these were kept. Not part of what the version is.
   */
  readonly layersModelArtifact: Digest | null;
  /** Of the pretrained weights it grew from; of an imported version, of the file that was imported. */
  readonly weightsDigest: Digest;
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly preprocessingDigest: Digest;
  readonly layers: readonly LayerShape[];
  readonly recipe: JsonObject;
  /** The photos it was trained on; of an imported version, those that its first detectors are fitted on. */
  readonly snapshotDigest: Digest;
  /** The run that made it; null for an imported version. */
  readonly runId: string | null;
  /** Null for a version that a run made. */
  readonly imported: VersionImport | null;
  /** Largest relative difference between the trained network and its export, or the imported file and the version. */
  readonly exportDifference: number;
  readonly createdAt: Date;
}

/** A version that a run made, to be registered; its number is the next of its backbone. */
export type NewBackboneVersion = Omit<BackboneVersion, 'number' | 'createdAt' | 'runId' | 'imported'> & {
  readonly runId: string;
};

/** A version that was trained elsewhere, to be registered. */
export type NewImportedVersion = Omit<
  BackboneVersion,
  'number' | 'createdAt' | 'runId' | 'imported' | 'layersModelArtifact'
> & {
  readonly imported: VersionImport;
};
