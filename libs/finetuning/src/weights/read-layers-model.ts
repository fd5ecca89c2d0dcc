import { CorruptDataError } from '@outsider/domain';
import { posix } from 'node:path';
import type { Weights, WeightTensor } from './weights.ts';

interface LayersModel {
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly quantization?: unknown;
    }[];
  }[];
}

/**
 * The weights of a TensorFlow.js layers model: `model.json`, and beside it the shards that its manifest names.
 *
 * @param files contents by path, as an archive holds them
 * @param modelPath where `model.json` is among them
 * @throws {CorruptDataError} when a file is missing, the shards are too short, or a weight is not plain float32
 */
export function readLayersModel(files: ReadonlyMap<string, Uint8Array>, modelPath: string): Weights {
  const model = JSON.parse(new TextDecoder().decode(getFile(files, modelPath))) as LayersModel;
  if (!model.weightsManifest)
    throw new CorruptDataError(`${modelPath} is not a TensorFlow.js layers model: it has no weightsManifest`);
  const weights = new Map<string, WeightTensor>();
  for (const group of model.weightsManifest) {
    const bytes = joinBytes(group.paths.map((path) => getFile(files, posix.join(posix.dirname(modelPath), path))));
    let offset = 0;
    for (const { name, shape, dtype, quantization } of group.weights) {
      if (dtype !== 'float32' || quantization)
        throw new CorruptDataError(`weight "${name}" of ${modelPath} is not plain float32`);
      const end = offset + 4 * shape.reduce((product, side) => product * side, 1);
      if (end > bytes.length) throw new CorruptDataError(`the shards of ${modelPath} end before weight "${name}"`);
      weights.set(name, { shape, data: new Float32Array(bytes.buffer.slice(offset, end)) });
      offset = end;
    }
  }
  return weights;
}

function getFile(files: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw new CorruptDataError(`the archive lacks ${path}`);
  return bytes;
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
