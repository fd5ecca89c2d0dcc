import { decodeNpy, type ArtifactStore } from '@outsider/artifacts';
import type { ActivationSet, SnapshotItem } from '@outsider/database';
import { knn, type KnnModel, type KnnOptions } from '@outsider/detectors';
import { CorruptDataError, type Split } from '@outsider/domain';
import { selectRows } from '@outsider/linalg';
import type { ScoringPool } from './scoring-pool.ts';

/** The layers that tell how alike two images are. */
export type FeatureLayer = KnnOptions['layer'];

/** An in-distribution photo that resembles the judged one. */
export interface Neighbour {
  readonly contentDigest: string;
  readonly path: string;
  readonly label: string;
  /** Euclidean distance of unit-normalised activations, 0 to 2. */
  readonly distance: number;
}

/** In-distribution photos with their activations, to find those that resemble an image. */
export interface NeighbourBank {
  /** Of memory held. */
  readonly bytes: number;
  nearest(activation: Float32Array, count: number, signal: AbortSignal): Promise<Neighbour[]>;
}

/** The photos that a detector's in-distribution knowledge and threshold come from. */
export const neighbourSplits: readonly Split[] = ['train', 'calibrate'];

/**
 * @param layer that `set` is of
 * @param items of the snapshot that `set` is about, of {@link neighbourSplits}
 * @throws {CorruptDataError} when the stored activations are damaged
 */
export async function loadNeighbourBank(
  set: ActivationSet,
  layer: FeatureLayer,
  items: readonly SnapshotItem[],
  { artifacts, pool }: { readonly artifacts: ArtifactStore; readonly pool: ScoringPool },
): Promise<NeighbourBank> {
  const { shape, data } = decodeNpy(await artifacts.getBytes(set.artifact));
  if (!(data instanceof Float32Array) || shape.join() !== `${set.rows},${set.dimension}`) {
    throw new CorruptDataError(`activations ${set.artifact}: expected float32 [${set.rows}, ${set.dimension}]`);
  }
  const photos = items.filter(({ label }) => label !== null);
  const chosen = selectRows(
    { rows: set.rows, cols: set.dimension, data },
    photos.map(({ position }) => position),
  );
  const bank = toShared(
    knn.fit(
      { inDistribution: { byLayer: { [layer]: chosen } }, labels: new Int32Array(chosen.rows), classes: 1, seed: 0 },
      { layer, k: 1, bankSize: chosen.rows },
    ),
  );
  return {
    bytes: bank.bank.data.byteLength,
    async nearest(activation, count, signal) {
      const found = await pool.nearest({ bank, activation, count }, signal);
      return found.map(({ row, distance }) => {
        const { contentDigest, path, label } = photos[row];
        return { contentDigest, path, label: label ?? '', distance };
      });
    },
  };
}

/** In memory that all threads see: each searches the bank where it lies. */
function toShared(model: KnnModel): KnnModel {
  const { rows, cols, data } = model.bank;
  const shared = new Float32Array(new SharedArrayBuffer(data.length * 4));
  shared.set(data);
  return { ...model, bank: { rows, cols, data: shared } };
}
