import { decodeNpy, type ArtifactStore } from '@outsider/artifacts';
import type { Detector } from '@outsider/database';
import type { Split } from '@outsider/domain';
import { CorruptDataError } from '@outsider/domain';
import type { Repositories } from '../repositories.ts';

/** What is known of a scored photo. Exactly one of `label` and `group` is not null. */
export interface ScoredPhoto {
  readonly split: Split;
  readonly label: string | null;
  readonly group: string | null;
}

/** A detector's scores of a whole snapshot, kept so that thresholds move without refitting. */
export interface StoredScores {
  /** Of memory held. */
  readonly bytes: number;
  /** In the snapshot's own order. */
  readonly photos: readonly ScoredPhoto[];
  /** Score of each photo, higher = more novel. */
  readonly scores: Float64Array;
  /** Scores of in-distribution photos of the split `calibrate`, ascending. */
  readonly sortedCalibration: Float64Array;
}

/** @throws {CorruptDataError} when the stored scores are damaged or not one for each photo */
export async function loadStoredScores(
  { scoresArtifact, snapshotDigest }: Detector,
  { datasets, artifacts }: { readonly datasets: Repositories['datasets']; readonly artifacts: ArtifactStore },
): Promise<StoredScores> {
  const [items, bytes] = await Promise.all([datasets.readItems(snapshotDigest), artifacts.getBytes(scoresArtifact)]);
  return toStoredScores(
    items.map(({ split, label, group }) => ({ split, label, group })),
    decodeScores(bytes, items.length, scoresArtifact),
  );
}

export function toStoredScores(photos: readonly ScoredPhoto[], scores: Float64Array): StoredScores {
  const sortedCalibration = scores.filter((_, i) => photos[i].split === 'calibrate' && photos[i].label !== null).sort();
  // Photos are small records that share their strings; 64 bytes each is a fair guess.
  return { bytes: scores.byteLength + photos.length * 64, photos, scores, sortedCalibration };
}

/** @throws {CorruptDataError} when `bytes` are not float64 [count] */
export function decodeScores(bytes: Uint8Array, count: number, artifact: string): Float64Array {
  const { shape, data } = decodeNpy(bytes);
  if (!(data instanceof Float64Array) || shape.join() !== String(count)) {
    throw new CorruptDataError(`scores ${artifact}: expected float64 [${count}], got [${shape.join(', ')}]`, {
      artifact,
    });
  }
  return data;
}
