import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@outsider/artifacts';
import { backboneRepository, tokenRepository, type Database } from '@outsider/database';
import { canonicalJson, type Digest } from '@outsider/domain';
import { exportBackbone, getArchitecture, randomWeights } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';

/** A backbone version in the store, and a token to ask for it. */
export interface SeededBackbone {
  readonly digest: Digest;
  readonly token: string;
  /** Its ONNX file. */
  readonly onnx: Uint8Array;
}

const units = 2048;
const classes = ['first', 'second'];

/**
 * Registers an architecture with random weights and a relevant layer of 2048 units. Speed does not depend on what the
 * weights are, so nothing is downloaded.
 */
export async function seedBackbone(db: Database, artifacts: ArtifactStore, name: string): Promise<SeededBackbone> {
  const architecture = getArchitecture(name);
  const { features, graph, preprocessing } = architecture;
  const dense = (inputs: number, outputs: number) => ({
    kernel: Float32Array.from({ length: inputs * outputs }, (_, i) => Math.sin(i) / Math.sqrt(inputs)),
    bias: new Float32Array(outputs),
  });
  const head = { relevantLayer: dense(features, units), outputLayer: dense(units, classes.length) };
  const onnx = exportBackbone(architecture, randomWeights(graph, 1), { head, classes });
  const { digest: onnxArtifact } = await artifacts.putBytes(onnx);

  const digest = sha256(canonicalJson({ name, onnxArtifact }));
  const snapshotDigest = sha256('no photos');
  const dataset = await db.dataset.create({ data: { name: 'benchmark' } });
  await db.datasetSnapshot.create({
    data: {
      digest: snapshotDigest,
      datasetId: dataset.id,
      manifestArtifact: sha256('manifest'),
      classes,
      groups: [],
      counts: [],
      report: {},
      seed: 0,
      createdBy: 'benchmark',
    },
  });
  const backbone = await backboneRepository(db).ensure({ name: 'benchmark', architecture: name }, 'benchmark');
  const job = await db.job.create({ data: { kind: 'train', payload: {}, createdBy: 'benchmark' } });
  const experiment = await db.experiment.create({
    data: { name: 'benchmark', backboneId: backbone.id, createdBy: 'benchmark' },
  });
  const run = await db.run.create({
    data: { experimentId: experiment.id, number: 1, jobId: job.id, snapshotDigest, recipe: {}, detection: {}, seed: 1 },
  });
  await db.backboneVersion.create({
    data: {
      digest,
      backboneId: backbone.id,
      number: 1,
      architecture: name,
      onnxArtifact,
      headArtifact: sha256('head'),
      weightsDigest: sha256('weights'),
      classes,
      preprocessing: { ...preprocessing } as object,
      preprocessingDigest: preprocessingDigest(preprocessing),
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
  const { secret } = await tokenRepository(db).create({ name: 'benchmark', role: 'viewer' }, 'benchmark');
  return { digest, token: secret, onnx };
}

function sha256(text: string): Digest {
  return createHash('sha256').update(text).digest('hex');
}
