import { findNeighbours, loadModel, type KnnModel, type LoadedModel, type Neighbour } from '@outsider/detectors';
import type { Digest, Layer } from '@outsider/domain';
import type { Matrix } from '@outsider/linalg';

/** Score these activations by this model. */
export interface ScoreTask {
  /** Digest of `bytes`. */
  readonly artifact: Digest;
  /** The stored model, in shared memory: threads read it where it lies. */
  readonly bytes: Uint8Array;
  readonly backboneVersion: Digest;
  readonly byLayer: Readonly<Partial<Record<Layer, Matrix>>>;
}

/** Find the nearest images of a bank that lies in shared memory. */
export interface NearestTask {
  readonly bank: KnnModel;
  readonly activation: Float32Array;
  readonly count: number;
}

// Decoding checks every byte; the few models in use are decoded once. Their bytes are shared, so this costs little.
const decoded = new Map<Digest, LoadedModel>();
const maxDecoded = 4;

export function score({ artifact, bytes, backboneVersion, byLayer }: ScoreTask): Float64Array {
  const loaded = decoded.get(artifact) ?? loadModel(bytes, backboneVersion);
  decoded.delete(artifact);
  decoded.set(artifact, loaded);
  for (const oldest of decoded.keys()) if (decoded.size > maxDecoded) decoded.delete(oldest);
  return loaded.detector.score(loaded.model, { byLayer });
}

export function nearest({ bank, activation, count }: NearestTask): Neighbour[] {
  return findNeighbours(bank, { rows: 1, cols: activation.length, data: activation }, count)[0];
}
