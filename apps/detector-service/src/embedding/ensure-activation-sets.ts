import { encodeNpy, type ArtifactStore } from '@outsider/artifacts';
import type { ActivationSet, BackboneVersion, JobLease, SnapshotItem } from '@outsider/database';
import type { Digest, Layer } from '@outsider/domain';
import { BackboneMismatchError } from '@outsider/domain';
import { outlastStoreOutage } from '../jobs/outlast-store-outage.ts';
import type { Repositories } from '../repositories.ts';
import { embedItems, type EmbeddingClient } from './embed-items.ts';

export interface EnsureActivationSetsInput {
  readonly version: BackboneVersion;
  readonly snapshotDigest: Digest;
  /** All of the snapshot, in its own order. */
  readonly items: readonly SnapshotItem[];
  readonly lease: JobLease;
  readonly signal: AbortSignal;
  readonly onProgress: (embedded: number, total: number) => void;
}

export interface EnsureActivationSetsContext {
  readonly client: Pick<EmbeddingClient, 'embedStream'>;
  readonly artifacts: ArtifactStore;
  readonly activationSets: Repositories['activationSets'];
}

/**
 * The activations of every photo of a snapshot at every layer of a version: those stored already, the rest through the
 * embedding service. Row i is item i.
 *
 * @throws {BackboneMismatchError} when a stored set was made with another preprocessing than the version's
 */
export async function ensureActivationSets(
  { client, artifacts, activationSets }: EnsureActivationSetsContext,
  { version, snapshotDigest, items, lease, signal, onProgress }: EnsureActivationSetsInput,
): Promise<{ readonly sets: readonly ActivationSet[]; readonly embedded: number }> {
  const found = await outlastStoreOutage(signal, () =>
    Promise.all(version.layers.map(({ layer }) => activationSets.find(snapshotDigest, version.digest, layer))),
  );
  const stored = found.filter((set) => set !== undefined);
  for (const set of stored) requireSamePreprocessing(set, version);
  const missing = version.layers.filter(({ layer }) => !stored.some((set) => set.layer === layer));
  if (missing.length === 0) return { sets: stored, embedded: 0 };

  const rows = items.length;
  const data = new Map<Layer, Float32Array>(
    missing.map(({ layer, dimension }) => [layer, new Float32Array(rows * dimension)]),
  );
  let embedded = 0;
  const settings = {
    client,
    source: {
      backboneVersion: version.digest,
      preprocessingDigest: version.preprocessingDigest,
      layers: version.layers,
    },
    layers: missing.map(({ layer }) => layer),
    readPhoto: (digest: Digest) => artifacts.getBytes(digest),
    signal,
  };
  for await (const { photo, activations } of embedItems(items, settings)) {
    for (const { layer, dimension } of missing) {
      const values = activations[layer];
      if (values) data.get(layer)?.set(values, photo.position * dimension);
    }
    onProgress(++embedded, rows);
  }

  const made: ActivationSet[] = [];
  for (const { layer, dimension } of missing) {
    const values = data.get(layer) ?? new Float32Array();
    const { digest: artifact } = await artifacts.putBytes(encodeNpy({ shape: [rows, dimension], data: values }));
    data.delete(layer);
    const { preprocessingDigest } = version;
    const input = {
      snapshotDigest,
      backboneVersion: version.digest,
      layer,
      preprocessingDigest,
      artifact,
      rows,
      dimension,
    };
    made.push(await outlastStoreOutage(signal, () => activationSets.add(input, lease)));
  }
  return { sets: [...stored, ...made], embedded };
}

function requireSamePreprocessing(set: ActivationSet, { preprocessingDigest }: BackboneVersion): void {
  if (set.preprocessingDigest !== preprocessingDigest) {
    throw new BackboneMismatchError(
      `the stored activations of ${set.layer} (preprocessing)`,
      preprocessingDigest,
      set.preprocessingDigest,
    );
  }
}
