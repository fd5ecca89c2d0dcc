import { encodeSafetensors } from '@outsider/artifacts';
import { Verdict } from '@outsider/contracts';
import type { SnapshotItem } from '@outsider/database';
import type { Split } from '@outsider/domain';
import { exportBackbone, getArchitecture, randomWeights } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FitResult } from '../src/jobs/publish-detectors.ts';
import { drawPhoto, type Motif } from './drawn-photos.ts';
import { storeVersion, type StoredRecords } from './store-version.ts';
import { startWorld, type World } from './world.ts';

const classes = ['disc', 'stripes'] as const;
const units = 32;
const counts: Record<string, Partial<Record<Split, number>>> = {
  disc: { train: 20, fit: 8, calibrate: 32, test: 10 },
  stripes: { train: 20, fit: 8, calibrate: 32, test: 10 },
  noise: { fit: 8, select: 8, test: 8 },
};

let world: World;
let embedding: ChildProcess;
let version: StoredRecords;

beforeAll(async () => {
  world = await startWorld({ startEmbedding });
  version = await storeTinyVersion();
});
afterAll(async () => {
  await world?.stop();
  embedding?.kill('SIGKILL');
});

/** The embedding service as it is started in production, in a process of its own. */
async function startEmbedding({ databaseUrl, folder }: { databaseUrl: string; folder: string }): Promise<string> {
  embedding = spawn(process.execPath, [path.join(import.meta.dirname, '../../embedding-service/src/main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      EMBEDDING_ADDRESS: '127.0.0.1:0',
      DATABASE_URL: databaseUrl,
      ARTIFACTS_DIR: folder,
      EMBEDDING_THREADS: '1',
      LOG_LEVEL: 'error',
    },
  });
  if (!embedding.stdout) throw new Error('the embedding service has no output');
  const [line] = (await once(createInterface({ input: embedding.stdout }), 'line')) as [string];
  return (JSON.parse(line) as { address: string }).address;
}

/** The tiny backbone with random weights and drawn photos, as a training run would have left them. */
async function storeTinyVersion(): Promise<StoredRecords> {
  const { artifacts, db } = world;
  const architecture = getArchitecture('tiny');
  const { features, graph, preprocessing } = architecture;
  const layer = (inputs: number, outputs: number) => ({
    kernel: Float32Array.from({ length: inputs * outputs }, (_, i) => Math.sin(i * 1.7) / Math.sqrt(inputs)),
    bias: Float32Array.from({ length: outputs }, (_, i) => Math.cos(i) / 10),
  });
  const head = { relevantLayer: layer(features, units), outputLayer: layer(units, classes.length) };
  const onnx = await artifacts.putBytes(
    exportBackbone(architecture, randomWeights(graph, 1), { head, classes: [...classes] }),
  );
  const { digest: headArtifact } = await artifacts.putBytes(
    encodeSafetensors({
      tensors: {
        'output_layer.weight': { shape: [units, classes.length], data: head.outputLayer.kernel },
        'output_layer.bias': { shape: [classes.length], data: head.outputLayer.bias },
      },
    }),
  );
  const items: SnapshotItem[] = [];
  for (const [motif, splits] of Object.entries(counts)) {
    const isClass = (classes as readonly string[]).includes(motif);
    for (const [split, count = 0] of Object.entries(splits)) {
      for (let i = 0; i < count; i++) {
        const position = items.length;
        const photo = drawPhoto(motif as Motif, position);
        const { digest, bytes } = await artifacts.putBytes(photo);
        const kind = isClass ? { label: motif, group: null } : { label: null, group: motif };
        items.push({
          position,
          contentDigest: digest,
          path: `${motif}/${i}.png`,
          split: split as Split,
          bytes,
          ...kind,
        });
      }
    }
  }
  return storeVersion(db, {
    classes,
    items,
    layers: [
      { layer: 'relevant_layer', dimension: units },
      { layer: 'pooled', dimension: features },
      { layer: 'logits', dimension: classes.length },
    ],
    headArtifact,
    onnxArtifact: onnx.digest,
    preprocessing,
    preprocessingDigest: preprocessingDigest(preprocessing),
  });
}

describe('with the real embedding service', () => {
  it('goes from drawn photos to verdicts', async () => {
    const client = world.client();
    const knn = { name: 'knn', options: { layer: 'pooled' } };
    const fdbd = { name: 'fdbd', options: undefined };
    const { job } = await client.fitDetectors({
      backboneVersion: version.digest,
      snapshotDigest: '',
      methods: [knn, fdbd],
      policy: undefined,
      seed: 1,
      requestId: '',
    });
    const finished = await world.finished(job);
    expect(finished).toMatchObject({ state: 'succeeded', error: null });
    const result = finished.result as unknown as FitResult;
    expect(result.notFitted).toEqual([]);
    const [detectorId] = result.detectors;

    const verdictsOf = async (motif: Motif, count: number) => {
      const verdicts: number[] = [];
      for (let i = 0; i < count; i++) {
        const value = drawPhoto(motif, 10_000 + i);
        const request = { input: { $case: 'image' as const, value }, detectorId, nearest: 1 };
        const { detection } = await client.detect(request);
        expect(detection?.nearest).toHaveLength(1);
        expect(detection?.timings?.totalMs).toBeGreaterThan(detection?.timings?.inferenceMs ?? NaN);
        verdicts.push(detection?.verdict ?? 0);
      }
      return verdicts;
    };
    const share = (verdicts: number[], verdict: number) =>
      verdicts.filter((one) => one === verdict).length / verdicts.length;
    expect(share(await verdictsOf('disc', 10), Verdict.VERDICT_IN_DISTRIBUTION)).toBeGreaterThanOrEqual(0.8);
    expect(share(await verdictsOf('stripes', 10), Verdict.VERDICT_IN_DISTRIBUTION)).toBeGreaterThanOrEqual(0.8);
    expect(share(await verdictsOf('noise', 5), Verdict.VERDICT_NOVEL)).toBe(1);
    expect(share(await verdictsOf('chequers', 5), Verdict.VERDICT_NOVEL)).toBe(1);
  });

  it('says how pictures made on the fly are judged', async () => {
    const { detectors } = await world.client().listDetectors({ backboneVersion: '', pageSize: 10, pageToken: '' });
    const knn = detectors.find(({ method }) => method === 'knn');
    expect(knn?.robustness.map(({ variant }) => variant)).toEqual([
      'blur',
      'dark',
      'strong-jpeg',
      'rotated',
      'upside-down',
      'blank',
      'noise',
    ]);
    for (const { photos, calledNovel, low, high } of knn?.robustness ?? []) {
      expect(photos).toBeGreaterThan(0);
      expect(low).toBeLessThanOrEqual(calledNovel);
      expect(high).toBeGreaterThanOrEqual(calledNovel);
    }
    // Noise is like no photo that was drawn here.
    expect(knn?.robustness.at(-1)?.calledNovel).toBe(1);
  });

  it('hands on what the embedding service says of a bad image', async () => {
    const [detector] = (await world.client().listDetectors({ backboneVersion: '', pageSize: 1, pageToken: '' }))
      .detectors;
    const input = { $case: 'image' as const, value: drawPhoto('disc', 1).subarray(0, 60) };
    const failure = world.client().detect({ input, detectorId: detector.id, nearest: 0 });
    await expect(failure).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
