import {
  AbortedError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  PermissionDeniedError,
  type Digest,
  type Split,
} from '@outsider/domain';
import type { SnapshotItem } from '@outsider/database';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '@outsider/artifacts';
import { findPublished } from '../src/jobs/find-published.ts';
import { readFitPayload } from '../src/jobs/fit-payload.ts';
import type { FitResult } from '../src/jobs/publish-detectors.ts';
import { usualPlan } from './synthetic-activations.ts';
import { startWorld, type StoredVersion, type World } from './world.ts';

let world: World;
let version: StoredVersion;

beforeAll(async () => {
  world = await startWorld();
  version = await world.addVersion();
});
afterAll(() => world?.stop());

const methods = ['knn', 'active-share', 'energy', 'logistic-regression'].map((name) => ({ name, options: undefined }));

function request(change: object = {}) {
  const usual = {
    backboneVersion: version.digest,
    snapshotDigest: '',
    methods,
    policy: undefined,
    seed: 1,
    requestId: '',
  };
  return { ...usual, ...change };
}

async function fit(change: object = {}): Promise<{ jobId: string; result: FitResult }> {
  const { job } = await world.client().fitDetectors(request(change));
  const finished = await world.finished(job);
  expect(finished).toMatchObject({ state: 'succeeded', error: null });
  return { jobId: finished.id, result: finished.result as unknown as FitResult };
}

describe('FitDetectors', () => {
  it('fits, scores, evaluates and calibrates each method, and chooses one', async () => {
    const { jobId, result } = await fit();
    expect(result.detectors).toHaveLength(4);
    expect(result.notFitted).toEqual([]);
    expect(result.withoutThreshold).toEqual([]);
    expect(result.detectors).toContain(result.chosen?.detectorId);

    const { detectors } = await world.client('viewer').listDetectors({
      backboneVersion: version.digest,
      pageSize: 0,
      pageToken: '',
    });
    const fitted = detectors.filter(({ id }) => result.detectors.includes(id));
    expect(fitted.map(({ method }) => method).sort()).toEqual(['active-share', 'energy', 'knn', 'logistic-regression']);
    for (const { threshold, groups, snapshotDigest } of fitted) {
      expect(snapshotDigest).toBe(version.snapshotDigest);
      expect(threshold?.policy?.policy?.$case).toBe('certificate');
      expect(threshold?.calibrationPhotos).toBe(60);
      expect(groups.map(({ group }) => group)).toEqual(['', 'birds', 'cars', 'unseen']);
    }
    const knn = fitted.find(({ method }) => method === 'knn');
    // The groups lie far from the classes: a detector that works tells them all.
    for (const { auroc, missRateAtFalseAlarm5, seen } of knn?.groups ?? []) {
      expect({ auroc, missRateAtFalseAlarm5, seen }).toEqual({ auroc: 1, missRateAtFalseAlarm5: 0, seen: false });
    }
    const logistic = fitted.find(({ method }) => method === 'logistic-regression');
    expect(logistic?.groups.map(({ seen }) => seen)).toEqual([true, true, true, false]);
    expect(await world.logOf(jobId)).toContain('the activations of 274 photos are stored already');
  });

  it('finds what an attempt has published that could not say so any more', async () => {
    const { jobId, result } = await fit({ methods: methods.slice(0, 2) });
    const job = await world.jobs.get(jobId);
    const payload = readFitPayload(job.payload);
    expect(await findPublished(world.context.repositories, { job }, payload)).toEqual(result);
    const other = { job: { ...job, id: randomUUID() } };
    expect(await findPublished(world.context.repositories, other, payload)).toBeUndefined();
  });

  it('embeds a snapshot that was not embedded, once', async () => {
    const fresh = await world.addVersion({ seed: 5, embedded: false });
    const before = world.embedding.embedded();
    const knn = [{ name: 'knn', options: undefined }];
    const { jobId } = await fit({ backboneVersion: fresh.digest, methods: knn });
    expect(world.embedding.embedded() - before).toBe(274);
    expect(await world.logOf(jobId)).toContain('embedded 274 photos');
    await fit({ backboneVersion: fresh.digest, methods: knn });
    expect(world.embedding.embedded() - before).toBe(274);

    const [set] = await world.context.repositories.activationSets.listByVersion(fresh.digest);
    expect(set).toMatchObject({ rows: 274, snapshotDigest: fresh.snapshotDigest });
  });

  it('names the photo that cannot be embedded and publishes nothing', async () => {
    const fresh = await world.addVersion({ seed: 6, embedded: false });
    const [item] = await world.context.repositories.datasets.itemsAt(fresh.snapshotDigest, [17]);
    world.embedding.forget(fresh.digest, fresh.photos[17]);
    const { job } = await world.client().fitDetectors(request({ backboneVersion: fresh.digest }));
    const finished = await world.finished(job);
    expect(finished).toMatchObject({ state: 'failed', failureClass: 'input' });
    expect(finished.error).toContain(`photo "${item.path}"`);
    const { detectors } = await world
      .client()
      .listDetectors({ backboneVersion: fresh.digest, pageSize: 0, pageToken: '' });
    expect(detectors).toEqual([]);
  });

  it('fits without irrelevant photos what needs none, and says so', async () => {
    const plan = { perClass: usualPlan.perClass, perGroup: {} };
    const pure = await world.addVersion({ plan });
    const { jobId, result } = await fit({ backboneVersion: pure.digest });
    expect(result.notFitted).toEqual([
      { method: 'logistic-regression', reason: expect.stringContaining('irrelevant photos') },
    ]);
    expect(result.detectors).toHaveLength(3);
    expect(result.chosen?.method).toBe('knn');
    expect(result.chosen?.reason).toContain('no irrelevant photos');
    const log = await world.logOf(jobId);
    expect(log.some((line) => line.startsWith('logistic-regression is not fitted'))).toBe(true);
  });

  it('fails when nothing asked for can be fitted', async () => {
    const plan = { perClass: usualPlan.perClass, perGroup: {} };
    const pure = await world.addVersion({ plan });
    const only = [{ name: 'logistic-regression', options: undefined }];
    const { job } = await world.client().fitDetectors(request({ backboneVersion: pure.digest, methods: only }));
    const finished = await world.finished(job);
    expect(finished).toMatchObject({ state: 'failed', failureClass: 'input' });
    expect(finished.error).toContain('no detector could be fitted: logistic-regression');
  });

  it('gives no threshold where the certificate lacks photos, and says how many more are needed', async () => {
    const plan = { ...usualPlan, perClass: { ...usualPlan.perClass, calibrate: 20 } };
    const small = await world.addVersion({ plan });
    const two = methods.slice(0, 2);
    const { jobId, result } = await fit({ backboneVersion: small.digest, methods: two });
    expect(result.chosen).toBeNull();
    expect(result.withoutThreshold).toHaveLength(2);
    const log = (await world.logOf(jobId)).join('\n');
    expect(log).toContain('needs at least 59 samples, got 40 (19 more are needed)');
    const detector = await world.client().getDetector({ detectorId: result.detectors[0] });
    expect(detector.detector?.threshold).toBeUndefined();

    // A quantile promises less, and is taken only when it is asked for.
    const policy = { policy: { $case: 'quantile', value: { falseAlarmRate: 0 } }, abstainShare: 0 };
    const { result: quantile } = await fit({ backboneVersion: small.digest, methods: two, policy });
    expect(quantile.chosen?.thresholdId).toBeTruthy();
  });

  it('gives the same job for the same request, and refuses a second one meanwhile', async () => {
    const fresh = await world.addVersion({ seed: 8, embedded: false });
    world.embedding.slowDown(20);
    try {
      const requestId = randomUUID();
      const first = await world.client().fitDetectors(request({ backboneVersion: fresh.digest, requestId }));
      const again = await world.client().fitDetectors(request({ backboneVersion: fresh.digest, requestId }));
      expect(again.job?.id).toBe(first.job?.id);
      const other = world.client().fitDetectors(request({ backboneVersion: fresh.digest }));
      await expect(other).rejects.toThrow(AbortedError);
      await expect(other).rejects.toThrow(first.job?.id);
      await world.jobs.cancel(first.job?.id ?? '', 'test');
      expect(await world.finished(first.job)).toMatchObject({ state: 'cancelled' });
    } finally {
      world.embedding.slowDown(0);
    }
  });

  it('does not hold out photos that the backbone was trained on', async () => {
    const fresh = await world.addVersion({ seed: 12, embedded: false });
    const { datasets } = world.context.repositories;
    const items = await datasets.readItems(fresh.snapshotDigest);
    /** The same folder imported anew, its photos cut otherwise. */
    const cut = async (splitOf: (item: SnapshotItem) => Split): Promise<string> => {
      const { classes, groups, manifestArtifact, report } = await datasets.getSnapshot(fresh.snapshotDigest);
      const digest = sha256(Buffer.from(String(splitOf))) as Digest;
      const changed = items.map((item) => ({ ...item, split: splitOf(item) }));
      await datasets.createSnapshot(
        { digest, dataset: 'cut-anew', manifestArtifact, classes, groups, report, seed: 2, items: changed },
        'ada',
      );
      return digest;
    };
    const change = { backboneVersion: fresh.digest, methods: methods.slice(0, 1) };
    const taken = await cut(({ split, position }) => (split === 'train' && position % 2 === 0 ? 'calibrate' : split));
    const refused = world.client().fitDetectors(request({ ...change, snapshotDigest: taken }));
    await expect(refused).rejects.toThrow(FailedPreconditionError);
    await expect(refused).rejects.toThrow(/trained on \d+ of the photos that this snapshot holds out, such as "/);

    await fit({ ...change, snapshotDigest: await cut(({ split }) => (split === 'select' ? 'test' : split)) });
  });

  it('is for operators', async () => {
    await expect(world.client('viewer').fitDetectors(request())).rejects.toThrow(PermissionDeniedError);
  });

  it('says what is wrong with a request before it queues anything', async () => {
    const client = world.client();
    await expect(client.fitDetectors(request({ backboneVersion: 'f'.repeat(64) }))).rejects.toThrow(NotFoundError);
    await expect(client.fitDetectors(request({ backboneVersion: 'latest' }))).rejects.toThrow('64 lower-case hex');
    await expect(client.fitDetectors(request({ snapshotDigest: 'f'.repeat(64) }))).rejects.toThrow(NotFoundError);
    await expect(client.fitDetectors(request({ methods: [{ name: 'oracle' }] }))).rejects.toThrow(
      'unknown detector "oracle"',
    );
    const badOption = request({ methods: [{ name: 'knn', options: { k: -1 } }] });
    await expect(client.fitDetectors(badOption)).rejects.toThrow(InvalidArgumentError);
    await expect(client.fitDetectors(badOption)).rejects.toThrow('option k must be a whole number from 1 to');
    const badRate = { policy: { $case: 'quantile', value: { falseAlarmRate: 1.5 } }, abstainShare: 0 };
    await expect(client.fitDetectors(request({ policy: badRate }))).rejects.toThrow('between 0 and 1, got 1.5');
    await expect(client.fitDetectors(request({ requestId: 'again' }))).rejects.toThrow('expected a UUID');
  });
});
