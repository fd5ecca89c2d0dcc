import type { ArtifactStore } from '@outsider/artifacts';
import type { BackboneVersion, Detector } from '@outsider/database';
import type { Digest } from '@outsider/domain';
import { NotFoundError } from '@outsider/domain';
import { loadStoredScores, type StoredScores } from '../calibration/stored-scores.ts';
import type { Repositories } from '../repositories.ts';
import { byteLimitedCache } from './byte-limited-cache.ts';
import { dimensionsOf, loadScorer, type Scorer } from './load-scorer.ts';
import { loadNeighbourBank, neighbourSplits, type FeatureLayer, type NeighbourBank } from './neighbour-bank.ts';
import type { ScoringPool } from './scoring-pool.ts';

export interface ModelShelfSettings {
  readonly repositories: Pick<Repositories, 'activationSets' | 'backbones' | 'datasets'>;
  readonly artifacts: ArtifactStore;
  readonly pool: ScoringPool;
  readonly maxBytes: number;
}

/** What verdicts need in memory. All of it is immutable, so it is loaded once and kept while it fits. */
export interface ModelShelf {
  version(digest: Digest): Promise<BackboneVersion>;
  scorer(detector: Detector): Promise<Scorer>;
  storedScores(detector: Detector): Promise<StoredScores>;
  /** Sorted ascending. */
  calibrationScores(detector: Detector): Promise<Float64Array>;
  neighbours(detector: Detector, layer: FeatureLayer): Promise<NeighbourBank>;
  heldBytes(): number;
}

interface Held<Value> {
  readonly bytes: number;
  readonly value: Value;
}

export function modelShelf({ repositories, artifacts, pool, maxBytes }: ModelShelfSettings): ModelShelf {
  const { activationSets, backbones, datasets } = repositories;
  const shelf = byteLimitedCache<Held<unknown>>(maxBytes, ({ bytes }) => bytes);

  async function held<Value>(key: string, load: () => Promise<Held<Value>>): Promise<Value> {
    return (await shelf.get(key, load)).value as Value;
  }

  function version(digest: Digest): Promise<BackboneVersion> {
    return held(`version/${digest}`, async () => ({ bytes: 4096, value: await backbones.getVersion(digest) }));
  }

  function storedScores(detector: Detector): Promise<StoredScores> {
    return held(`scores/${detector.id}`, async () => {
      const value = await loadStoredScores(detector, { datasets, artifacts });
      return { bytes: value.bytes, value };
    });
  }

  return {
    version,
    storedScores,
    async calibrationScores(detector) {
      return (await storedScores(detector)).sortedCalibration;
    },
    scorer: (detector) =>
      held(`model/${detector.id}`, async () => {
        const { layers } = await version(detector.backboneVersion);
        const value = await loadScorer(detector, dimensionsOf(layers), { artifacts, pool });
        return { bytes: value.bytes, value };
      }),
    neighbours: ({ snapshotDigest, backboneVersion }, layer) =>
      held(`neighbours/${snapshotDigest}/${backboneVersion}/${layer}`, async () => {
        const set = await activationSets.find(snapshotDigest, backboneVersion, layer);
        if (!set) throw new NotFoundError('activation set', `${snapshotDigest}/${backboneVersion}/${layer}`);
        const items = await datasets.readItems(snapshotDigest, neighbourSplits);
        const value = await loadNeighbourBank(set, layer, items, { artifacts, pool });
        return { bytes: value.bytes, value };
      }),
    heldBytes: shelf.heldBytes,
  };
}
