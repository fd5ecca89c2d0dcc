import { CorruptDataError } from '@outsider/domain';
import { posix } from 'node:path';
import { readWeightsManifest } from './read-weights-manifest.ts';
import type { Weights } from './weights.ts';

/**
 * The weights of a TensorFlow.js layers model: `model.json`, and beside it the shards that its manifest names.
 *
 * @param files contents by path, as an archive holds them
 * @param modelPath where `model.json` is among them
 * @throws {CorruptDataError} when a file is missing, the shards are too short, or a weight is in a form we do not know
 */
export function readLayersModel(files: ReadonlyMap<string, Uint8Array>, modelPath: string): Weights {
  const model: unknown = JSON.parse(new TextDecoder().decode(getFile(files, modelPath)));
  return readWeightsManifest(model, modelPath, (path) => getFile(files, posix.join(posix.dirname(modelPath), path)));
}

export function getFile(files: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw new CorruptDataError(`the archive lacks ${path}`);
  return bytes;
}
