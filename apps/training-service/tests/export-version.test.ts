import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { openArtifactStore } from '@outsider/artifacts';
import {
  createClient,
  ExportFormat,
  Recipe,
  TrainingServiceClient,
  type ExportBackboneVersionResponse,
} from '@outsider/contracts';
import { digestOf, sampleBundleParts } from '@outsider/database/testing';
import { backboneRepository, type BackboneVersion } from '@outsider/database';
import { FailedPreconditionError, NotFoundError } from '@outsider/domain';
import { loadLayersModel, selectBackend, type LayersModel } from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';
import { openSession } from '@outsider/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPhotos, header } from './draw-photos.ts';
import { serveTraining, type ServedTraining } from './serve-training.ts';

interface ReceivedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

let served: ServedTraining;
let version: BackboneVersion;

/** No detector service runs here: the run fails after its version is registered, which is all this needs. */
beforeAll(async () => {
  served = await serveTraining();
  const training = createClient(TrainingServiceClient, served.address, { token: served.operatorToken });
  const { snapshot } = await served.operator.datasets.importSnapshot([header(), ...(await goodPhotos())]);
  const experiment = { name: 'boats', description: '', backbone: 'boats', architecture: 'tiny', requestId: '' };
  const { run } = await training.startRun({
    experimentId: (await training.createExperiment(experiment)).experiment?.id ?? '',
    snapshotDigest: snapshot?.digest ?? '',
    recipe: Recipe.create({ architecture: 'tiny', units: 32, epochs: 1, seed: 1 }),
    detection: undefined,
    requestId: '',
  });
  await Array.fromAsync(served.operator.jobs.watchJob({ jobId: run?.job?.id ?? '', afterSequence: 0 }));
  const digest = (await training.getRun({ runId: run?.id ?? '' })).run?.backboneVersion ?? '';
  version = await backboneRepository(served.db).getVersion(digest);
  training.close();
}, 120_000);
afterAll(() => served.stop(), 30_000);

function ask(digest: string, format: ExportFormat): AsyncIterable<ExportBackboneVersionResponse> {
  return served.viewer.backbones.exportBackboneVersion({ digest, format });
}

/** The files of an answer; their announcements must be true. */
async function receive(format: ExportFormat): Promise<ReceivedFile[]> {
  const files: { name: string; announced: { bytes: number; digest: string }; chunks: Buffer[] }[] = [];
  for await (const { part } of ask(version.digest, format)) {
    if (part?.$case === 'file') files.push({ name: part.value.name, announced: part.value, chunks: [] });
    if (part?.$case !== 'chunk') continue;
    expect(part.value.length).toBeLessThanOrEqual(256 * 1024);
    files.at(-1)?.chunks.push(Buffer.from(part.value));
  }
  return files.map(({ name, announced, chunks }) => {
    const bytes = Buffer.concat(chunks);
    expect(bytes).toHaveLength(announced.bytes);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(announced.digest);
    return { name, bytes };
  });
}

describe('ExportBackboneVersion', { timeout: 60_000 }, () => {
  it('hands out the ONNX file that serves, which says how to use it', async () => {
    const artifacts = await openArtifactStore(served.artifactsDir);
    const [file, ...others] = await receive(ExportFormat.EXPORT_FORMAT_UNSPECIFIED);
    expect(others).toEqual([]);
    expect(file.name).toBe('boats-1.onnx');
    expect(file.bytes.equals(await artifacts.getBytes(version.onnxArtifact))).toBe(true);
    const session = await openSession(file.bytes);
    expect(session.metadata).toMatchObject({
      architecture: 'tiny',
      classes: ['cat', 'dog'],
      preprocessing: version.preprocessing,
      preprocessingDigest: preprocessingDigest(version.preprocessing),
    });
    await session.close();
  });

  it('hands out a layers model that TensorFlow.js loads and that computes what the ONNX file does', async () => {
    await selectBackend({ force: 'wasm' });
    const [onnx] = await receive(ExportFormat.EXPORT_FORMAT_ONNX);
    const [json, ...shards] = await receive(ExportFormat.EXPORT_FORMAT_LAYERS_MODEL);
    expect(json.name).toBe('model.json');
    const model = JSON.parse(json.bytes.toString()) as LayersModel;
    expect(shards.map(({ name }) => name)).toEqual(model.weightsManifest.flatMap(({ paths }) => paths));
    expect(model.userDefinedMetadata).toMatchObject({ classes: ['cat', 'dog'], preprocessing: version.preprocessing });

    const session = await openSession(onnx.bytes);
    const loaded = await loadLayersModel({ model, shards: shards.map(({ name, bytes }) => ({ path: name, bytes })) });
    const [height, width] = version.preprocessing.size;
    const image = Float32Array.from({ length: height * width * 3 }, (_, i) => Math.sin(i * 12.9898));
    const { logits: actual } = loaded.predict(image, 1);
    const { logits: expected } = await session.run(image, 1);
    await session.close();
    loaded.dispose();
    const scale = Math.max(...(expected ?? []).map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    expect(actual).toHaveLength(2);
    actual.forEach((value, i) => expect(Math.abs(value - (expected?.[i] ?? NaN)) / scale).toBeLessThan(1e-4));
  });

  it('refuses an unknown version, and one without a layers model', async () => {
    const of = async (digest: string, format: ExportFormat) => Array.fromAsync(ask(digest, format));
    await expect(of(digestOf('nothing'), ExportFormat.EXPORT_FORMAT_ONNX)).rejects.toThrow(NotFoundError);
    const older = (await sampleBundleParts(served.db)).version.digest;
    const refused = of(older, ExportFormat.EXPORT_FORMAT_LAYERS_MODEL);
    await expect(refused).rejects.toThrow(FailedPreconditionError);
    await expect(refused).rejects.toThrow('has no layers model; it was made before');
    await expect(of(version.digest, 7 as ExportFormat)).rejects.toThrow('format: expected ONNX or LAYERS_MODEL');
  });

  it('says which file the store has lost', async () => {
    const { layersModelArtifact } = version;
    const digest = layersModelArtifact ?? '';
    await rm(path.join(served.artifactsDir, digest.slice(0, 2), digest.slice(2, 4), digest));
    const lost = Array.fromAsync(ask(version.digest, ExportFormat.EXPORT_FORMAT_LAYERS_MODEL));
    await expect(lost).rejects.toThrow(`no artifact "${digest}"`);
  });
});
