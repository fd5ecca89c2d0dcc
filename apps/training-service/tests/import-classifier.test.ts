import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createClient,
  DetectorServiceClient,
  FolderRole,
  JobState,
  Verdict,
  type ImportBackboneVersionRequest,
  type ImportVersionHeader,
  type InspectClassifierRequest,
  type Job,
} from '@outsider/contracts';
import { BackboneMismatchError, InvalidArgumentError, NotFoundError, PermissionDeniedError } from '@outsider/domain';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { header as snapshotHeader, photo } from './draw-photos.ts';
import { serveTraining, type ServedTraining } from './serve-training.ts';
import { otherServices } from './start-services.ts';

const fixtures = path.join(import.meta.dirname, '../../../libs/onnx-import/fixtures');
/** In the order of the logits, which is not the snapshot's; of the second there are no photos. */
const classes = ['warm', 'grey', 'cold'];

function load(name: string): Buffer {
  return readFileSync(path.join(fixtures, `${name}.onnx`));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type Motif = 'warm' | 'cold' | 'static';

/** A picture of one colour with some grain, or of nothing but grain; equal numbers give equal pictures. */
function drawMotif(motif: Motif, number: number): Promise<Buffer> {
  const noise = Buffer.concat(
    Array.from({ length: 24 }, (_, i) => createHash('sha256').update(`${motif} ${number} ${i}`).digest()),
  );
  const colours = { warm: [220, 120, 40], cold: [40, 110, 220], static: [0, 0, 0] };
  const grain = motif === 'static' ? 1 : 0.12;
  const pixels = noise.map((value, i) => Math.min(255, colours[motif][i % 3] + value * grain));
  return sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } })
    .png()
    .toBuffer();
}

async function photos(motif: Motif, count: number, role: FolderRole) {
  const part = role === FolderRole.FOLDER_ROLE_IRRELEVANT ? 'irrelevant' : 'train';
  const names = Array.from({ length: count }, (_, i) => `${part}/${motif}/${i}.png`);
  return Promise.all(names.map(async (name, i) => photo(name, await drawMotif(motif, i), role)));
}

describe('importing a classifier', { timeout: 120_000 }, () => {
  const others = otherServices();
  let served: ServedTraining;
  let detector: ReturnType<typeof createClient<typeof DetectorServiceClient.service>>;
  let snapshotDigest: string;

  beforeAll(async () => {
    let address = '';
    served = await serveTraining({ startDetector: async (store) => (address = await others.start(store)) });
    detector = createClient(DetectorServiceClient, address, { token: served.operatorToken });
    const { snapshot } = await served.operator.datasets.importSnapshot([
      snapshotHeader(),
      ...(await photos('warm', 60, FolderRole.FOLDER_ROLE_TRAIN)),
      ...(await photos('cold', 60, FolderRole.FOLDER_ROLE_TRAIN)),
      ...(await photos('static', 30, FolderRole.FOLDER_ROLE_IRRELEVANT)),
    ]);
    snapshotDigest = snapshot?.digest ?? '';
  }, 60_000);

  afterAll(async () => {
    detector?.close();
    await served?.stop();
    await others.stop();
  });

  function* upload(
    bytes: Buffer,
    fields: Partial<ImportVersionHeader> = {},
    pieceBytes = 1000,
  ): Generator<ImportBackboneVersionRequest> {
    const value: ImportVersionHeader = {
      file: { name: 'colours.onnx', bytes: bytes.length, digest: sha256(bytes) },
      backbone: 'colours',
      layer: '',
      classes,
      preprocessing: { $case: 'preset', value: 'unit' },
      snapshotDigest,
      detection: { methods: ['knn', 'fdbd', 'energy'], falseAlarmRate: 0.2, confidence: 0.8, promote: true, seed: 1 },
      requestId: '',
      ...fields,
    };
    yield { part: { $case: 'header', value } };
    for (let from = 0; from < bytes.length; from += pieceBytes) {
      yield { part: { $case: 'chunk', value: bytes.subarray(from, from + pieceBytes) } };
    }
  }

  async function finished(job: Job | undefined): Promise<Job | undefined> {
    for await (const _ of served.operator.jobs.watchJob({ jobId: job?.id ?? '', afterSequence: 0 }));
    return (await served.operator.jobs.getJob({ jobId: job?.id ?? '' })).job;
  }

  it('makes a version that embeds, detects and is in production', async () => {
    const bytes = load('gemm');
    const { version, job, largestDifference, notes } = await served.operator.backbones.importBackboneVersion(
      upload(bytes),
    );
    expect(version).toMatchObject({
      backbone: 'colours',
      number: 1,
      architecture: 'onnx',
      classes,
      runId: '',
      snapshotDigest,
      imported: { by: 'olga', fileName: 'colours.onnx', fileDigest: sha256(bytes), layer: 'hidden' },
      layers: [
        { layer: 'relevant_layer', dimension: 10 },
        { layer: 'pooled', dimension: 12 },
        { layer: 'logits', dimension: 3 },
      ],
    });
    expect(largestDifference).toBeLessThanOrEqual(1e-5);
    expect(notes).toEqual([]);
    expect(await finished(job)).toMatchObject({ state: JobState.JOB_STATE_SUCCEEDED, error: '' });

    const { versions } = await served.viewer.backbones.listBackboneVersions({
      backbone: 'colours',
      pageSize: 10,
      pageToken: '',
    });
    expect(versions).toEqual([version]);
    const { deployment } = await served.viewer.deployments.getDeployment({ backbone: 'colours', alias: '' });
    expect(deployment?.bundle?.backboneVersion).toBe(version?.digest);

    const { detectors } = await detector.compareDetectors({ backboneVersion: version?.digest ?? '' });
    expect(detectors.map(({ method }) => method).sort()).toEqual(['energy', 'fdbd', 'knn']);
    const detectorId = detectors.find(({ method }) => method === 'knn')?.id ?? '';
    const verdicts = async (motif: Motif) =>
      Promise.all(
        Array.from({ length: 10 }, async (_, i) => {
          const value = await drawMotif(motif, 1000 + i);
          const { detection } = await detector.detect({ input: { $case: 'image', value }, detectorId, nearest: 0 });
          return detection?.verdict;
        }),
      );
    const share = (given: (Verdict | undefined)[], verdict: Verdict) =>
      given.filter((one) => one === verdict).length / given.length;
    expect(share(await verdicts('warm'), Verdict.VERDICT_IN_DISTRIBUTION)).toBeGreaterThanOrEqual(0.7);
    expect(share(await verdicts('cold'), Verdict.VERDICT_IN_DISTRIBUTION)).toBeGreaterThanOrEqual(0.7);
    expect(share(await verdicts('static'), Verdict.VERDICT_NOVEL)).toBe(1);
  });

  it('gives the same version for the same file, and refuses detectors of another one', async () => {
    const { backbones, deployments } = served.operator;
    const detection = { methods: ['energy'], falseAlarmRate: 0.2, confidence: 0.8, promote: false, seed: 1 };
    const first = await backbones.importBackboneVersion(upload(load('gemm'), { detection }));
    expect(first.version?.number).toBe(1);
    expect(await finished(first.job)).toMatchObject({ state: JobState.JOB_STATE_SUCCEEDED });

    const other = await backbones.importBackboneVersion(upload(load('softmax'), { detection }));
    expect(other.version).toMatchObject({ number: 2, imported: { layer: 'relevant_layer' } });
    expect(await finished(other.job)).toMatchObject({ state: JobState.JOB_STATE_SUCCEEDED });
    const { deployment } = await served.viewer.deployments.getDeployment({ backbone: 'colours', alias: '' });
    expect(deployment?.bundle?.backboneVersion).toBe(first.version?.digest);

    const mixed = deployments.createBundle({
      backboneVersion: other.version?.digest ?? '',
      detectorId: deployment?.bundle?.detectorId ?? '',
      thresholdId: deployment?.bundle?.thresholdId ?? '',
    });
    await expect(mixed).rejects.toMatchObject({ code: new BackboneMismatchError('', '', '').code });
    await expect(mixed).rejects.toThrow(/belongs to backbone version/);
  });

  it.each([
    ['an unknown layer', { layer: 'fc9' }, /no layer "fc9" .*"hidden" \(10 numbers\)/],
    ['too few classes', { classes: ['warm', 'cold'] }, /classes: expected 3 names, one for each logit, got 2/],
    ['a class twice', { classes: ['warm', 'cold', 'cold'] }, /classes: expected names that differ, got "cold" twice/],
    ['photos of a class it does not know', { classes: ['warm', 'red', 'blue'] }, /does not know the class cold/],
    ['no preprocessing', { preprocessing: undefined }, /header\.preprocessing: expected a preset/],
    [
      'an unknown preset',
      { preprocessing: { $case: 'preset', value: 'caffe' } as const },
      /no preset "caffe"; there are/,
    ],
    ['a name that is none', { backbone: 'My Boats' }, /backbone: expected 1 to 100 lower-case letters/],
    [
      'too large a file',
      { file: { name: 'a', bytes: 2 ** 31, digest: sha256(Buffer.of()) } },
      /file\.bytes: expected 1 to/,
    ],
    [
      'another size',
      { file: { name: 'a', bytes: 100, digest: sha256(load('gemm')) } },
      /expected 100 bytes, as announced/,
    ],
    ['another digest', { file: { name: 'a', bytes: load('gemm').length, digest: '0'.repeat(64) } }, /sha-256 0{64}/],
  ])('is refused for %s, and leaves nothing behind', async (_, fields, sentence) => {
    const before = await served.db.backboneVersion.count();
    const attempt = served.operator.backbones.importBackboneVersion(upload(load('gemm'), fields));
    await expect(attempt).rejects.toThrow(InvalidArgumentError);
    await expect(attempt).rejects.toThrow(sentence);
    expect(await served.db.backboneVersion.count()).toBe(before);
    const uploads = path.join(served.artifactsDir, '../cache/uploads');
    expect(readdirSync(uploads)).toEqual([]);
  });

  it('is for operators, and needs its photos', async () => {
    const { importBackboneVersion } = served.viewer.backbones;
    await expect(importBackboneVersion(upload(load('gemm')))).rejects.toThrow(PermissionDeniedError);
    const unknown = served.operator.backbones.importBackboneVersion(
      upload(load('gemm'), { snapshotDigest: '1'.repeat(64) }),
    );
    await expect(unknown).rejects.toThrow(NotFoundError);
    const headless = [...upload(load('gemm'))].slice(1);
    await expect(served.operator.backbones.importBackboneVersion(headless)).rejects.toThrow('its header');
  });

  it('can be tried: the layers of a file, and nothing kept', async () => {
    function* look(bytes: Buffer): Generator<InspectClassifierRequest> {
      const file = { name: 'colours.onnx', bytes: bytes.length, digest: sha256(bytes) };
      yield { part: { $case: 'header', value: { file, height: 0, width: 0 } } };
      yield { part: { $case: 'chunk', value: bytes } };
    }
    const { inspectClassifier } = served.operator.backbones;
    expect(await inspectClassifier(look(load('gemm')))).toMatchObject({
      height: 16,
      width: 16,
      channelsLast: false,
      logits: 3,
      candidates: [
        { name: 'flat', operator: 'Flatten', width: 12, feedsOutputLayer: false },
        { name: 'fc1_out', width: 10 },
        { name: 'hidden', width: 10, feedsOutputLayer: true },
      ],
    });
    await expect(inspectClassifier(look(Buffer.from('no model at all')))).rejects.toThrow('not an ONNX model');
  });
});
