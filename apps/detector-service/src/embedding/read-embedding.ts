import { decodeFloat32, type Embedding } from '@outsider/contracts';
import type { Digest, Layer } from '@outsider/domain';
import {
  BackboneMismatchError,
  FailedPreconditionError,
  InvalidArgumentError,
  ShapeError,
  isLayer,
} from '@outsider/domain';

/** The backbone version that an embedding must come from, and what its layers are like. */
export interface ExpectedSource {
  readonly backboneVersion: Digest;
  readonly preprocessingDigest: Digest;
  readonly layers: readonly { readonly layer: Layer; readonly dimension: number }[];
}

/**
 * The activations of one image by layer, checked: of this version and preprocessing, of known layers, as wide as the
 * version's, finite.
 *
 * @param what begins every message, such as "the embedding"
 * @throws {BackboneMismatchError} when another backbone version made them
 * @throws {FailedPreconditionError} when the pixels were prepared in another way
 * @throws {InvalidArgumentError | ShapeError} when a layer is unknown, there twice, of another width, or not finite
 */
export function readEmbedding(
  embedding: Embedding,
  source: ExpectedSource,
  what = 'the embedding',
): Partial<Record<Layer, Float32Array>> {
  if (embedding.backboneVersion !== source.backboneVersion) {
    throw new BackboneMismatchError(what, source.backboneVersion, embedding.backboneVersion || '""');
  }
  if (embedding.preprocessingDigest !== source.preprocessingDigest) {
    throw new FailedPreconditionError(
      `${what} was made with the preprocessing ${embedding.preprocessingDigest || '""'}, expected ${source.preprocessingDigest}`,
      {
        reason: 'PREPROCESSING_MISMATCH',
        expected: source.preprocessingDigest,
        actual: embedding.preprocessingDigest,
      },
    );
  }
  const byLayer: Partial<Record<Layer, Float32Array>> = {};
  for (const { layer, values, dimension } of embedding.activations) {
    const shape = source.layers.find((known) => known.layer === layer);
    if (!shape || !isLayer(layer)) {
      const known = source.layers.map((one) => one.layer).join(', ');
      throw new InvalidArgumentError(`${what}: unknown layer "${layer.slice(0, 80)}"; the version emits ${known}`);
    }
    if (byLayer[layer]) throw new InvalidArgumentError(`${what}: the layer ${layer} is there twice`);
    if (dimension !== shape.dimension) throw new ShapeError(`${what}: ${layer}`, [shape.dimension], [dimension]);
    byLayer[layer] = requireFinite(decodeFloat32(values, dimension, `${what}: ${layer}`), `${what}: ${layer}`);
  }
  return byLayer;
}

function requireFinite(values: Float32Array, what: string): Float32Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new InvalidArgumentError(`${what}: expected finite numbers, got ${values[at]} at ${at}`);
  return values;
}
