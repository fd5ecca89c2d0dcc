import { sha256 } from '@outsider/artifacts';
import { datasetRepository, type Database, type SnapshotItem } from '@outsider/database';
import type { Digest, Layer } from '@outsider/domain';
import { randomBytes } from 'node:crypto';

/** What a training run would have left behind. */
export interface VersionToStore {
  readonly classes: readonly string[];
  readonly items: readonly SnapshotItem[];
  readonly layers: readonly { readonly layer: Layer; readonly dimension: number }[];
  readonly headArtifact: Digest;
  readonly onnxArtifact?: Digest;
  readonly preprocessing?: object;
  readonly preprocessingDigest?: Digest;
}

export interface StoredRecords {
  readonly digest: Digest;
  readonly snapshotDigest: Digest;
  readonly preprocessingDigest: Digest;
}

/** Stores a snapshot and a backbone version trained on it. */
export async function storeVersion(db: Database, version: VersionToStore): Promise<StoredRecords> {
  const { classes, items, layers, headArtifact, preprocessing = {} } = version;
  const unique = randomBytes(8).toString('hex');
  const { digest, snapshotDigest } = { digest: randomDigest(), snapshotDigest: randomDigest() };
  const preprocessingDigest = version.preprocessingDigest ?? randomDigest();
  const groups = [...new Set(items.flatMap(({ group }) => group ?? []))].sort();
  const report = { skipped: [], duplicates: [] };
  const manifestArtifact = randomDigest();
  const snapshot = {
    digest: snapshotDigest,
    dataset: `photos ${unique}`,
    manifestArtifact,
    classes,
    groups,
    report,
    items,
  };
  await datasetRepository(db).createSnapshot({ ...snapshot, seed: 0 }, 'test');

  const backbone = await db.backbone.create({ data: { name: `backbone-${unique}`, architecture: 'tiny' } });
  const experiment = await db.experiment.create({
    data: { name: `experiment ${unique}`, backboneId: backbone.id, createdBy: 'test' },
  });
  const job = await db.job.create({ data: { kind: 'train', payload: {}, createdBy: 'test' } });
  const run = await db.run.create({
    data: { experimentId: experiment.id, number: 1, jobId: job.id, snapshotDigest, recipe: {}, detection: {}, seed: 0 },
  });
  await db.backboneVersion.create({
    data: {
      digest,
      backboneId: backbone.id,
      number: 1,
      architecture: 'tiny',
      onnxArtifact: version.onnxArtifact ?? randomDigest(),
      headArtifact,
      weightsDigest: randomDigest(),
      classes: [...classes],
      preprocessing,
      preprocessingDigest,
      layers: layers.map((shape) => ({ ...shape })),
      recipe: {},
      snapshotDigest,
      runId: run.id,
      exportDifference: 0,
    },
  });
  return { digest, snapshotDigest, preprocessingDigest };
}

function randomDigest(): Digest {
  return sha256(randomBytes(16));
}
