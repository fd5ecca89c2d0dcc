import { canonicalJson, parseDigest, type Digest } from './digest.ts';
import { InvalidArgumentError } from './errors.ts';
import { isLayer, layers, type Layer } from './layers.ts';
import type { Preprocessing } from './preprocessing.ts';

/**
 * What a backbone's ONNX file says of itself: how to use it without knowing where it came from.
 *
 * Not the digest of its version: that is computed from the file's own bytes.
 */
export interface BackboneMetadata {
  readonly architecture: string;
  readonly preprocessing: Preprocessing;
  /** What activations are dated with. Absent where it was not stated: files of before lack it. */
  readonly preprocessingDigest?: Digest;
  /** In the order of the logits; empty for a backbone without a head. */
  readonly classes: readonly string[];
  /** The layers it emits: their names in the architecture, and how many numbers they are. */
  readonly layers: Readonly<Partial<Record<Layer, { readonly layer: string; readonly width: number }>>>;
}

/** As the properties `outsider.*` of an ONNX file; equal metadata gives equal text. */
export function toBackboneProperties(metadata: BackboneMetadata): Record<string, string> {
  return {
    'outsider.architecture': metadata.architecture,
    'outsider.preprocessing': canonicalJson(metadata.preprocessing),
    ...(metadata.preprocessingDigest && { 'outsider.preprocessing_digest': metadata.preprocessingDigest }),
    'outsider.classes': JSON.stringify(metadata.classes),
    'outsider.layers': canonicalJson(metadata.layers),
  };
}

/**
 * Reads the properties `outsider.*` of an ONNX file.
 *
 * @throws {InvalidArgumentError} when one is missing or malformed: the file was not made by this system
 */
export function toBackboneMetadata(properties: Readonly<Record<string, string>>): BackboneMetadata {
  const emitted = parse(properties, 'outsider.layers') as BackboneMetadata['layers'];
  for (const name of Object.keys(emitted)) {
    if (!isLayer(name))
      throw new InvalidArgumentError(`this ONNX file emits a layer "${name}"; known are ${layers.join(', ')}`);
  }
  const digest = properties['outsider.preprocessing_digest'];
  return {
    architecture: getProperty(properties, 'outsider.architecture'),
    preprocessing: parse(properties, 'outsider.preprocessing') as Preprocessing,
    ...(digest !== undefined && { preprocessingDigest: parseDigest(digest, 'outsider.preprocessing_digest') }),
    classes: parse(properties, 'outsider.classes') as string[],
    layers: emitted,
  };
}

function getProperty(properties: Readonly<Record<string, string>>, key: string): string {
  const value = properties[key];
  if (value === undefined)
    throw new InvalidArgumentError(`this ONNX file lacks the property "${key}": it was not exported here`);
  return value;
}

function parse(properties: Readonly<Record<string, string>>, key: string): unknown {
  const value = getProperty(properties, key);
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new InvalidArgumentError(`the property "${key}" of this ONNX file is not JSON`, {}, { cause });
  }
}
