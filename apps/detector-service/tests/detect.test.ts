import {
  fromItemError,
  Verdict,
  type DetectRequest,
  type DetectStreamRequest,
  type DetectStreamResponse,
  type Embedding,
} from '@outsider/contracts';
import {
  BackboneMismatchError,
  CorruptDataError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
} from '@outsider/domain';
import { decodeModel, encodeModel, getDetector } from '@outsider/detectors';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FitResult } from '../src/jobs/publish-detectors.ts';
import { activationsOf } from './scripted-embedding.ts';
import { classes } from './synthetic-activations.ts';
import { startWorld, type StoredVersion, type World } from './world.ts';

let world: World;
let version: StoredVersion;
/** Another version; its detectors are of no use for the first. */
let other: StoredVersion;
let result: FitResult;
const byMethod = new Map<string, string>();

beforeAll(async () => {
  world = await startWorld();
  version = await world.addVersion({ seed: 1 });
  other = await world.addVersion({ seed: 2 });
  const methods = ['knn', 'energy', 'active-share'].map((name) => ({ name, options: undefined }));
  const { job } = await world.client().fitDetectors({
    backboneVersion: version.digest,
    snapshotDigest: '',
    methods,
    policy: undefined,
    seed: 1,
    requestId: '',
  });
  result = (await world.finished(job)).result as unknown as FitResult;
  for (const id of result.detectors) byMethod.set((await world.context.repositories.detectors.get(id)).method, id);
});
afterAll(() => world?.stop());

function idOf(method: string): string {
  return byMethod.get(method) ?? '';
}

/** Rows of the split `test` of a class, or of a group. */
function testRows(kind: string): number[] {
  return version.activations.rows.flatMap(({ split, label, group }, i) =>
    split === 'test' && (label >= 0 ? classes[label] : group) === kind ? [i] : [],
  );
}

function image(row: number, change: Partial<DetectRequest> = {}): DetectRequest {
  const input = { $case: 'image' as const, value: version.photos[row] };
  return { input, detectorId: idOf('knn'), nearest: 0, ...change };
}

function embeddingOf(row: number, from = version, preprocessingDigest?: string): Embedding {
  return {
    backboneVersion: from.digest,
    preprocessingDigest: preprocessingDigest ?? from.preprocessingDigest,
    activations: activationsOf(from.activations.byLayer, row),
    timings: undefined,
  };
}

function embedding(value: Embedding, change: Partial<DetectRequest> = {}): DetectRequest {
  return { input: { $case: 'embedding', value }, detectorId: idOf('knn'), nearest: 0, ...change };
}

describe('Detect', () => {
  it('tells novel images from in-distribution ones, with everything the verdict rests on', async () => {
    const [cat] = testRows('cat');
    const { detection: known } = await world.client('viewer').detect(image(cat));
    expect(known).toMatchObject({
      verdict: Verdict.VERDICT_IN_DISTRIBUTION,
      detectorId: idOf('knn'),
      method: 'knn',
      backboneVersion: version.digest,
      predictedClass: 'cat',
      nearest: [],
    });
    expect(known?.score).toBeLessThanOrEqual(known?.threshold ?? NaN);
    expect(known?.pValue).toBeGreaterThan(0.05);
    expect(known?.classProbability).toBeGreaterThan(0.9);
    expect(known?.timings).toMatchObject({ decodeMs: 1, queueMs: 2, inferenceMs: 3 });

    const [unseen] = testRows('unseen');
    const { detection: novel } = await world.client('viewer').detect(image(unseen));
    expect(novel).toMatchObject({ verdict: Verdict.VERDICT_NOVEL, pValue: 1 / 61 });
    expect(novel?.score).toBeGreaterThan(novel?.threshold ?? NaN);
  });

  it('gives the score that the model gives, for an image as for its embedding', async () => {
    const [row] = testRows('dog');
    const record = await world.context.repositories.detectors.get(idOf('energy'));
    const { model } = decodeModel(await world.artifacts.getBytes(record.modelArtifact));
    const { data, dimension } = version.activations.byLayer.logits;
    const logits = { rows: 1, cols: dimension, data: data.slice(row * dimension, (row + 1) * dimension) };
    const [expected] = getDetector('energy').score(model, { byLayer: { logits } });

    const byImage = await world.client().detect(image(row, { detectorId: idOf('energy') }));
    const byEmbedding = await world.client().detect(embedding(embeddingOf(row), { detectorId: idOf('energy') }));
    expect(byImage.detection?.score).toBe(expected);
    expect(byEmbedding.detection?.score).toBe(expected);
  });

  it('scores alike in a thread of its own', async () => {
    const [row] = testRows('dog');
    const record = await world.context.repositories.detectors.get(idOf('knn'));
    const bytes = await world.artifacts.getBytes(record.modelArtifact);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const { data, dimension } = version.activations.byLayer.relevant_layer;
    const byLayer = {
      relevant_layer: { rows: 1, cols: dimension, data: data.slice(row * dimension, (row + 1) * dimension) },
    };
    const task = { artifact: record.modelArtifact, bytes: shared, backboneVersion: version.digest, byLayer };
    const [threaded] = await world.context.pool.score(task, new AbortController().signal);
    const { detection } = await world.client().detect(image(row));
    expect(threaded).toBe(detection?.score);
  });

  it('names the nearest in-distribution photos', async () => {
    const [row] = testRows('dog');
    const { detection } = await world.client().detect(image(row, { nearest: 3 }));
    expect(detection?.nearest).toHaveLength(3);

    // All distances, the slow way.
    const { data, dimension } = version.activations.byLayer.relevant_layer;
    const unit = (i: number) => {
      const values = Array.from(data.subarray(i * dimension, (i + 1) * dimension));
      const length = Math.hypot(...values);
      return values.map((value) => value / length);
    };
    const own = unit(row);
    const expected = version.activations.rows
      .flatMap(({ split, label }, i) => (label >= 0 && (split === 'train' || split === 'calibrate') ? [i] : []))
      .map((i) => ({ i, distance: Math.hypot(...unit(i).map((value, j) => value - own[j])) }))
      .sort((a, b) => a.distance - b.distance);
    detection?.nearest.forEach(({ path, label, distance }, k) => {
      expect(path).toBe(`dog/${expected[k].i}.jpg`);
      expect(label).toBe('dog');
      expect(distance).toBeCloseTo(expected[k].distance, 5);
    });
  });

  it('abstains within the band that a policy asks for', async () => {
    const client = world.client();
    const detectorId = idOf('active-share');
    const policy = { policy: { $case: 'quantile' as const, value: { falseAlarmRate: 0.5 } }, abstainShare: 0.6 };
    const { threshold } = await client.calibrateThreshold({ detectorId, policy, reason: 'look at doubtful ones' });
    expect(threshold?.abstainFrom).toBeLessThan(threshold?.abstainTo ?? NaN);
    const verdicts = new Map<number | undefined, number>();
    for (const row of [...testRows('cat'), ...testRows('dog')]) {
      const { detection } = await client.detect(image(row, { detectorId }));
      const { score = NaN, verdict } = detection ?? {};
      const { abstainFrom = NaN, abstainTo = NaN } = threshold ?? {};
      expect(verdict === Verdict.VERDICT_ABSTAIN).toBe(score >= abstainFrom && score <= abstainTo);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    // What the threshold says of itself is what it does: an image without a verdict is no false alarm.
    expect(threshold?.abstained?.events).toBe(verdicts.get(Verdict.VERDICT_ABSTAIN));
    expect(threshold?.falseAlarm?.events).toBe(verdicts.get(Verdict.VERDICT_NOVEL) ?? 0);
    expect(verdicts.size).toBeGreaterThan(1);
  });

  it('uses the bundle in production, with its own threshold, where no detector is named', async () => {
    const client = world.client();
    const [row] = testRows('cat');
    await expect(client.detect(image(row, { detectorId: '' }))).rejects.toThrow('nothing is in production');

    const { deployments } = world.context.repositories;
    const { detectorId = '', thresholdId = '' } = result.chosen ?? {};
    const bundle = await deployments.createBundle({ backboneVersion: version.digest, detectorId, thresholdId }, 'test');
    await deployments.promote({ bundleId: bundle.id, reason: 'test' }, 'test');
    const promoted = await client.detect(image(row, { detectorId: '' }));
    expect(promoted.detection).toMatchObject({ detectorId, backboneVersion: version.digest });

    // A threshold put in force later is not what was promoted.
    const manual = { policy: { $case: 'manual' as const, value: { value: -1e6 } }, abstainShare: 0 };
    await client.calibrateThreshold({ detectorId, policy: manual, reason: 'everything is novel' });
    const still = await client.detect(image(row, { detectorId: '' }));
    expect(still.detection?.threshold).toBe(promoted.detection?.threshold);
    const named = await client.detect(image(row, { detectorId }));
    expect(named.detection).toMatchObject({ threshold: -1e6, verdict: Verdict.VERDICT_NOVEL });
  });

  it('refuses an embedding of another backbone version or preprocessing', async () => {
    const [row] = testRows('cat');
    const foreign = world.client().detect(embedding(embeddingOf(row, other)));
    await expect(foreign).rejects.toMatchObject({
      code: 'failed-precondition',
      details: { reason: 'DETECTOR_BACKBONE_MISMATCH', expected: version.digest, actual: other.digest },
    });
    const otherwise = world.client().detect(embedding(embeddingOf(row, version, other.preprocessingDigest)));
    await expect(otherwise).rejects.toMatchObject({ details: { reason: 'PREPROCESSING_MISMATCH' } });
  });

  it('says what is wrong with a request', async () => {
    const client = world.client();
    const [row] = testRows('cat');
    await expect(client.detect(image(row, { input: undefined }))).rejects.toThrow('expected an image or an embedding');
    await expect(client.detect(image(row, { nearest: 21 }))).rejects.toThrow('nearest: expected 0 to 20, got 21');
    await expect(client.detect(image(row, { detectorId: randomUUID() }))).rejects.toThrow(NotFoundError);
    await expect(client.detect(image(row, { detectorId: 'the best' }))).rejects.toThrow('no detector "the best"');
    const noImage = { $case: 'image' as const, value: Buffer.from('not a photo') };
    await expect(client.detect(image(row, { input: noImage }))).rejects.toThrow('the bytes are no image');
    const empty = { $case: 'image' as const, value: Buffer.alloc(0) };
    await expect(client.detect(image(row, { input: empty }))).rejects.toThrow('got no bytes');
    const bare = {
      ...embeddingOf(row),
      activations: embeddingOf(row).activations.filter(({ layer }) => layer === 'logits'),
    };
    await expect(client.detect(embedding(bare))).rejects.toThrow('lacks the layer relevant_layer');
    const huge = { $case: 'image' as const, value: Buffer.alloc(50 * 2 ** 20) };
    await expect(client.detect(image(row, { input: huge }))).rejects.toThrow('at most 36 MiB');
  });

  it('refuses a detector without a threshold', async () => {
    const { header, model } = decodeModel(await energyModel());
    const detectorId = await likeEnergy(encodeModel({ ...header, options: { temperature: 2 } }, model));
    const failure = world.client().detect(image(testRows('cat')[0], { detectorId }));
    await expect(failure).rejects.toThrow(FailedPreconditionError);
    await expect(failure).rejects.toThrow('has no threshold in force; calibrate one first');
  });
});

async function energyModel(): Promise<Buffer> {
  const { modelArtifact } = await world.context.repositories.detectors.get(idOf('energy'));
  return world.artifacts.getBytes(modelArtifact);
}

/** A detector like the energy one whose model is `bytes`, without a threshold. */
async function likeEnergy(bytes: Uint8Array): Promise<string> {
  const { digest } = await world.artifacts.putBytes(bytes);
  const row = await world.db.detector.findUniqueOrThrow({ where: { id: idOf('energy') } });
  const { id: _, createdAt: __, options, evaluation, ...rest } = row;
  const data = { ...rest, options: options as object, evaluation: evaluation as object, modelArtifact: digest };
  return (await world.db.detector.create({ data })).id;
}

describe('a stored model', () => {
  async function withModel(bytes: Uint8Array): Promise<string> {
    const detectorId = await likeEnergy(bytes);
    const policy = { policy: { $case: 'manual' as const, value: { value: 0 } }, abstainShare: 0 };
    await world.client().calibrateThreshold({ detectorId, policy, reason: 'test' });
    return detectorId;
  }

  it('is refused when it is damaged', async () => {
    const bytes = Buffer.from(await energyModel());
    bytes[bytes.length - 1] ^= 1;
    const failure = world.client().detect(image(testRows('cat')[0], { detectorId: await withModel(bytes) }));
    await expect(failure).rejects.toThrow(CorruptDataError);
    await expect(failure).rejects.toThrow('checksum');
  });

  it('is refused when the file on disk is not what its digest says', async () => {
    // Other options give other bytes, so that the sound artifact stays.
    const { header, model } = decodeModel(await energyModel());
    const id = await withModel(encodeModel({ ...header, options: { temperature: 3 } }, model));
    const { modelArtifact } = await world.context.repositories.detectors.get(id);
    await writeFile(await world.artifacts.pathOf(modelArtifact), 'rust');
    const failure = world.client().detect(image(testRows('cat')[0], { detectorId: id }));
    await expect(failure).rejects.toThrow(`artifact ${modelArtifact}: the stored bytes are not what the digest says`);
  });

  it('is refused when a newer release wrote it', async () => {
    const { header, model } = decodeModel(await energyModel());
    const id = await withModel(encodeModel({ ...header, formatVersion: 99 }, model));
    const failure = world.client().detect(image(testRows('cat')[0], { detectorId: id }));
    await expect(failure).rejects.toMatchObject({ details: { reason: 'MODEL_FORMAT_TOO_NEW' } });
  });

  it('is refused when it was fitted on another backbone version', async () => {
    const { header, model } = decodeModel(await energyModel());
    const id = await withModel(encodeModel({ ...header, backboneVersion: other.digest }, model));
    const failure = world.client().detect(image(testRows('cat')[0], { detectorId: id }));
    await expect(failure).rejects.toMatchObject({ details: { reason: 'DETECTOR_BACKBONE_MISMATCH' } });
  });
});

describe('DetectStream', () => {
  async function collect(requests: DetectStreamRequest[]) {
    const answers = new Map<string, DetectStreamResponse['result']>();
    const stream = world.client('viewer').detectStream(requests);
    for await (const { id, result } of stream) answers.set(id, result);
    return answers;
  }

  it('answers every item by its id', async () => {
    const rows = [...testRows('cat'), ...testRows('birds')];
    const answers = await collect(
      rows.map((row) => ({ id: `row ${row}`, request: image(row, { detectorId: idOf('energy') }) })),
    );
    expect(answers.size).toBe(rows.length);
    for (const row of rows.slice(0, 3)) {
      const { detection } = await world.client().detect(image(row, { detectorId: idOf('energy') }));
      const answer = answers.get(`row ${row}`);
      expect(answer?.$case === 'detection' && answer.value.score).toBe(detection?.score);
    }
  });

  it('gives a bad item an error of its own and goes on', async () => {
    const [row] = testRows('dog');
    const good = image(row, { detectorId: idOf('energy') });
    const bad = image(row, { detectorId: idOf('energy'), input: { $case: 'image', value: Buffer.from('?') } });
    const answers = await collect([
      { id: 'first', request: good },
      { id: 'no image', request: bad },
      { id: 'nothing', request: undefined },
      { id: 'no such detector', request: { ...good, detectorId: randomUUID() } },
      { id: 'foreign', request: embedding(embeddingOf(row, other), { detectorId: idOf('energy') }) },
      { id: 'last', request: good },
    ]);
    expect(answers.get('first')?.$case).toBe('detection');
    expect(answers.get('last')?.$case).toBe('detection');
    const errors = ['no image', 'nothing', 'no such detector', 'foreign'].map((id) => {
      const answer = answers.get(id);
      return answer?.$case === 'error' ? fromItemError(answer.value) : undefined;
    });
    expect(errors[0]).toBeInstanceOf(InvalidArgumentError);
    expect(errors[1]?.message).toContain('expected what to judge');
    expect(errors[2]).toBeInstanceOf(NotFoundError);
    expect(errors[3]?.code).toBe(new BackboneMismatchError('', '', '').code);
  });

  it('stops working for a caller who leaves', async () => {
    const rows = testRows('dog');
    const many = Array.from({ length: 200 }, (_, i) => ({ id: `${i}`, request: image(rows[i % rows.length]) }));
    const before = world.embedding.embedded();
    world.embedding.slowDown(5);
    try {
      for await (const _ of world.client().detectStream(many)) break;
      await delay(200);
      const after = world.embedding.embedded();
      await delay(200);
      expect(world.embedding.embedded()).toBe(after);
      expect(after - before).toBeLessThan(100);
    } finally {
      world.embedding.slowDown(0);
    }
    expect((await world.client().detect(image(rows[0]))).detection).toBeDefined();
  });
});
