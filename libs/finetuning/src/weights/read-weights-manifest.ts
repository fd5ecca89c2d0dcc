import { CorruptDataError } from '@outsider/domain';
import type { Weights, WeightTensor } from './weights.ts';

/** The value of a stored integer q is q · scale + min. */
interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: Quantization;
}

interface WeightsManifest {
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly ManifestWeight[];
  }[];
}

/**
 * The weights that the manifest of a TensorFlow.js layers model describes: float32, or quantised to 8 or 16 bits.
 *
 * @param model the model's description, parsed
 * @param about what the model is called in a message
 * @param readShard the bytes of a shard, by the name that the manifest gives it
 * @throws {CorruptDataError} when there is no manifest, the shards are too short, or a weight has another form
 * @see `decodeWeights` in tfjs-core/src/io/io_utils.ts
 */
export function readWeightsManifest(model: unknown, about: string, readShard: (path: string) => Uint8Array): Weights {
  const { weightsManifest } = model as WeightsManifest;
  if (!weightsManifest)
    throw new CorruptDataError(`${about} is not a TensorFlow.js layers model: it has no weightsManifest`);
  const weights = new Map<string, WeightTensor>();
  for (const group of weightsManifest) {
    const bytes = joinBytes(group.paths.map(readShard));
    let offset = 0;
    for (const weight of group.weights) {
      const { name, shape, quantization } = weight;
      const width = bytesPerNumber(weight);
      if (!width) throw new CorruptDataError(`weight "${name}" of ${about} is neither float32 nor quantised to it`);
      const end = offset + width * shape.reduce((product, side) => product * side, 1);
      if (end > bytes.length) throw new CorruptDataError(`the shards of ${about} end before weight "${name}"`);
      weights.set(name, { shape, data: decode(bytes.buffer.slice(offset, end), quantization) });
      offset = end;
    }
  }
  return weights;
}

/** Undefined for a form that we do not read. */
function bytesPerNumber({ dtype, quantization }: ManifestWeight): 1 | 2 | 4 | undefined {
  if (dtype !== 'float32') return undefined;
  if (!quantization) return 4;
  if (!Number.isFinite(quantization.scale) || !Number.isFinite(quantization.min)) return undefined;
  return quantization.dtype === 'uint8' ? 1 : quantization.dtype === 'uint16' ? 2 : undefined;
}

function decode(bytes: ArrayBuffer, quantization: Quantization | undefined): Float32Array {
  if (!quantization) return new Float32Array(bytes);
  const { dtype, scale, min } = quantization;
  const integers = dtype === 'uint8' ? new Uint8Array(bytes) : new Uint16Array(bytes);
  return Float32Array.from(integers, (q) => q * scale + min);
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
