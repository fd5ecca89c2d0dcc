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

/** Immutable weights, architecture and preprocessing. */
export interface BackboneVersion {
  readonly digest: Digest;
  /** Name of its backbone. */
  readonly backbone: string;
  /** 1, 2, 3… within the backbone. */
  readonly number: number;
  readonly architecture: string;
  /** ONNX file with the outputs `pooled`, `relevant_layer`, `logits`. */
  readonly onnxArtifact: Digest;
  /** Relevant layer and output layer as safetensors. */
  readonly headArtifact: Digest;
  /** Of the pretrained weights it grew from. */
  readonly weightsDigest: Digest;
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly preprocessingDigest: Digest;
  readonly layers: readonly LayerShape[];
  readonly recipe: JsonObject;
  readonly snapshotDigest: Digest;
  /** The run that made it. */
  readonly runId: string;
  /** Largest relative difference between the trained network and its export. */
  readonly exportDifference: number;
  readonly createdAt: Date;
}

/** A version to register; its number is the next of its backbone. */
export type NewBackboneVersion = Omit<BackboneVersion, 'number' | 'createdAt'>;
