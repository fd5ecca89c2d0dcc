import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@outsider/artifacts';
import { backboneRepository, deploymentRepository, type Database } from '@outsider/database';
import type { Digest } from '@outsider/domain';
import { exportBackbone, getArchitecture, loadNetwork, randomWeights, type Network } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';

const sha256 = (text: string): Digest => createHash('sha256').update(text).digest('hex');
const classes = ['circle', 'square'];
const units = 16;

/** A backbone version that is in the store, and the same network in TensorFlow.js to check it by. */
export interface SeededVersion {
  readonly digest: Digest;
  readonly network: Network;
  /** Points production at a bundle of this version. */
  promote(): Promise<void>;
}

/** Puts a tiny backbone with random weights into the store, as a training run would. Equal seeds give equal versions. */
export async function seedVersion(
  db: Database,
  artifacts: ArtifactStore,
  seed: number,
  change: { readonly preprocessingDigest?: Digest } = {},
): Promise<SeededVersion> {
  const architecture = getArchitecture('tiny');
  const { features, graph, preprocessing } = architecture;
  const weights = randomWeights(graph, seed);
  const layer = (inputs: number, outputs: number, shift: number) => ({
    kernel: Float32Array.from(
      { length: inputs * outputs },
      (_, i) => Math.sin(i * 1.7 + seed + shift) / Math.sqrt(inputs),
    ),
    bias: Float32Array.from({ length: outputs }, (_, i) => Math.cos(i + seed + shift) / 10),
  });
  const head = { relevantLayer: layer(features, units, 0), outputLayer: layer(units, classes.length, 1) };
  const onnx = await artifacts.putBytes(exportBackbone(architecture, weights, { head, classes }));

  const digest = sha256(`version ${seed} ${onnx.digest}`);
  const snapshotDigest = sha256('snapshot');
  const shared = { snapshotDigest, backboneVersionDigest: digest };
  const dataset = await db.dataset.upsert({ where: { name: 'shapes' }, create: { name: 'shapes' }, update: {} });
  await db.datasetSnapshot.createMany({
    data: {
      digest: snapshotDigest,
      datasetId: dataset.id,
      manifestArtifact: sha256('manifest'),
      classes,
      groups: [],
      counts: [],
      report: {},
      seed: 0,
      createdBy: 'test',
    },
    skipDuplicates: true,
  });
  const backbone = await backboneRepository(db).ensure({ name: 'shapes', architecture: 'tiny' }, 'test');
  const job = await db.job.create({ data: { kind: 'train', payload: {}, createdBy: 'test' } });
  const experiment = await db.experiment.create({
    data: { name: `seed ${seed} of ${job.id}`, backboneId: backbone.id, createdBy: 'test' },
  });
  const run = await db.run.create({
    data: { experimentId: experiment.id, number: 1, jobId: job.id, snapshotDigest, recipe: {}, detection: {}, seed },
  });
  await db.backboneVersion.create({
    data: {
      digest,
      backboneId: backbone.id,
      number: (await db.backboneVersion.count()) + 1,
      architecture: 'tiny',
      onnxArtifact: onnx.digest,
      headArtifact: sha256('head'),
      weightsDigest: sha256('weights'),
      classes,
      preprocessing: { ...preprocessing } as object,
      preprocessingDigest: change.preprocessingDigest ?? preprocessingDigest(preprocessing),
      layers: [
        { layer: 'pooled', dimension: features },
        { layer: 'relevant_layer', dimension: units },
        { layer: 'logits', dimension: classes.length },
      ],
      recipe: {},
      snapshotDigest,
      runId: run.id,
      exportDifference: 0,
    },
  });
  return { digest, network: tensorflowNetwork(), promote };

  function tensorflowNetwork(): Network {
    const dense = (name: string, inputs: string[], units: number, activation: 'elu' | 'linear') =>
      ({ kind: 'dense', name, inputs, units, activation }) as const;
    const whole = {
      ...graph,
      layers: [
        ...graph.layers,
        dense('relevant_layer', [graph.outputs.pooled ?? ''], units, 'elu'),
        dense('logits', ['relevant_layer'], classes.length, 'linear'),
      ],
      outputs: { ...graph.outputs, relevant_layer: 'relevant_layer', logits: 'logits' },
    };
    const { relevantLayer, outputLayer } = head;
    return loadNetwork(
      whole,
      new Map([
        ...weights,
        ['relevant_layer/kernel', { shape: [features, units], data: relevantLayer.kernel }],
        ['relevant_layer/bias', { shape: [units], data: relevantLayer.bias }],
        ['logits/kernel', { shape: [units, classes.length], data: outputLayer.kernel }],
        ['logits/bias', { shape: [classes.length], data: outputLayer.bias }],
      ]),
    );
  }

  async function promote(): Promise<void> {
    const detector = await db.detector.create({
      data: {
        ...shared,
        jobId: job.id,
        method: 'knn',
        options: {},
        formatVersion: 1,
        seed: 0,
        layers: ['pooled'],
        modelArtifact: sha256('model'),
        stateBytes: 1,
        fitSeconds: 0,
        scoresArtifact: sha256('scores'),
        evaluation: {},
      },
    });
    const threshold = await db.threshold.create({
      data: {
        backboneVersionDigest: digest,
        detectorId: detector.id,
        policy: {},
        value: 0,
        calibrationSnapshotDigest: snapshotDigest,
        calibrationPhotos: 1,
        operatingPoint: {},
        author: 'test',
        reason: 'seeded',
      },
    });
    const deployments = deploymentRepository(db);
    const bundle = await deployments.createBundle(
      { backboneVersion: digest, detectorId: detector.id, thresholdId: threshold.id },
      'test',
    );
    await deployments.promote({ bundleId: bundle.id, reason: 'seeded' }, 'test');
  }
}
