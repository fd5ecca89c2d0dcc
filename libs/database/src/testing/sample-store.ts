import { createHash, randomUUID } from 'node:crypto';
import type { Digest, Preprocessing } from '@outsider/domain';
import { backboneRepository } from '../backbones/backbone-repository.ts';
import type { NewBackboneVersion } from '../backbones/backbone.ts';
import type { Database } from '../client/create-database.ts';
import { datasetRepository } from '../datasets/dataset-repository.ts';
import type { NewSnapshot, SnapshotItem } from '../datasets/snapshot.ts';
import { detectorRepository } from '../detectors/detector-repository.ts';
import type { NewDetector, NewThreshold } from '../detectors/detector.ts';
import { thresholdRepository } from '../detectors/threshold-repository.ts';
import { experimentRepository } from '../experiments/experiment-repository.ts';
import { runRepository, type Run } from '../experiments/run-repository.ts';
import type { JobLease } from '../jobs/job.ts';

/** A digest of any text. */
export function digestOf(text: string): Digest {
  return createHash('sha256').update(text).digest('hex');
}

const preprocessing: Preprocessing = {
  size: [32, 32],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** A snapshot of `cat` and `dog` photos with the irrelevant group `cars`; another `name`, another snapshot. */
export function sampleSnapshot(name = 'pets', photosPerSplit = 2): NewSnapshot {
  const kinds = [
    { split: 'train', label: 'cat', group: null },
    { split: 'train', label: 'dog', group: null },
    { split: 'fit', label: 'cat', group: null },
    { split: 'fit', label: null, group: 'cars' },
    { split: 'calibrate', label: 'dog', group: null },
    { split: 'select', label: null, group: 'cars' },
    { split: 'test', label: 'cat', group: null },
    { split: 'test', label: null, group: 'cars' },
  ] as const;
  const items = kinds.flatMap((kind) => Array.from({ length: photosPerSplit }, () => kind));
  return {
    digest: digestOf(`snapshot ${name}`),
    dataset: name,
    manifestArtifact: digestOf(`manifest ${name}`),
    classes: ['cat', 'dog'],
    groups: ['cars'],
    report: { skipped: [{ path: 'broken.jpg', reason: 'the file is empty' }], duplicates: [] },
    seed: 7,
    items: items.map((kind, position): SnapshotItem => {
      const path = `${name}/${kind.label ?? kind.group}/${position}.jpg`;
      return { ...kind, position, path, contentDigest: digestOf(path), bytes: 1000 + position };
    }),
  };
}

export function sampleVersion(run: Run, backbone: string, name = run.id): NewBackboneVersion {
  return {
    digest: digestOf(`version ${name}`),
    backbone,
    architecture: 'tiny',
    onnxArtifact: digestOf(`onnx ${name}`),
    headArtifact: digestOf(`head ${name}`),
    layersModelArtifact: null,
    weightsDigest: digestOf('weights'),
    classes: ['cat', 'dog'],
    preprocessing,
    preprocessingDigest: digestOf('preprocessing'),
    layers: [
      { layer: 'pooled', dimension: 8 },
      { layer: 'relevant_layer', dimension: 16 },
      { layer: 'logits', dimension: 2 },
    ],
    recipe: { name: 'head', epochs: 3 },
    snapshotDigest: run.snapshotDigest,
    runId: run.id,
    exportDifference: 1e-6,
  };
}

export function sampleDetector(backboneVersion: Digest, snapshotDigest: Digest, method = 'knn'): NewDetector {
  return {
    backboneVersion,
    snapshotDigest,
    method,
    options: { neighbours: 5 },
    formatVersion: 1,
    seed: 7,
    layers: ['relevant_layer'],
    modelArtifact: digestOf(`model ${method} ${backboneVersion}`),
    stateBytes: 4096,
    fitSeconds: 0.25,
    scoresArtifact: digestOf(`scores ${method} ${backboneVersion}`),
    evaluation: { groups: [{ group: 'cars', auroc: 0.9 }] },
  };
}

export function sampleThreshold(detectorId: string, snapshotDigest: Digest, value = 0.5): NewThreshold {
  return {
    detectorId,
    policy: { kind: 'quantile', falseAlarmRate: 0.05 },
    value,
    abstainFrom: null,
    abstainTo: null,
    calibrationSnapshotDigest: snapshotDigest,
    calibrationPhotos: 2,
    operatingPoint: { falseAlarm: { events: 0, photos: 2, value: 0, low: 0, high: 0.84 } },
    reason: 'first calibration',
  };
}

/** A run with a job that this test's own worker holds. */
export async function sampleRun(db: Database, name = 'first'): Promise<{ run: Run; lease: JobLease }> {
  const { snapshot } = await datasetRepository(db).createSnapshot(sampleSnapshot(), 'tester');
  const experiments = experimentRepository(db);
  const experiment =
    (await experiments.findByName(name)) ??
    (await experiments.create({ name, backbone: 'pets', architecture: 'tiny' }, 'tester'));
  const tomorrow = new Date(Date.now() + 24 * 3600_000);
  const job = await db.job.create({
    data: {
      kind: 'train',
      payload: {},
      createdBy: 'tester',
      state: 'running',
      fence: 1,
      startedAt: new Date(),
      // So that no real worker takes the job for abandoned.
      worker: 'outsider-worker-of-a-test',
      heartbeatAt: tomorrow,
    },
  });
  const run = await runRepository(db).create(
    { experimentId: experiment.id, jobId: job.id, snapshotDigest: snapshot.digest, recipe: {}, detection: {}, seed: 1 },
    'tester',
  );
  return { run, lease: { jobId: job.id, fence: job.fence } };
}

/** Everything that a bundle needs, registered as a run would. */
export async function sampleBundleParts(db: Database, name: string = randomUUID()) {
  const { run, lease } = await sampleRun(db);
  const version = await backboneRepository(db).registerVersion(sampleVersion(run, 'pets', name), lease, 'tester');
  const detector = await detectorRepository(db).create(sampleDetector(version.digest, run.snapshotDigest), lease);
  const threshold = await thresholdRepository(db).create(sampleThreshold(detector.id, run.snapshotDigest), 'tester');
  return { run, lease, version, detector, threshold };
}
