import { AbortedError, FailedPreconditionError, InvalidArgumentError, NotFoundError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../client/create-database.ts';
import { digestOf, sampleBundleParts, sampleDetector, sampleThreshold } from '../testing/sample-store.ts';
import { testDatabase } from '../testing/test-database.ts';
import { activationSetRepository } from './activation-set-repository.ts';
import { detectorRepository } from './detector-repository.ts';
import { thresholdRepository } from './threshold-repository.ts';

let db: Database;
beforeAll(async () => {
  db = createDatabase(await testDatabase());
});
afterAll(() => db.$disconnect());

describe('detectorRepository', () => {
  it('stores a detector whole, and once for each fit of a job', async () => {
    const { run, lease, version } = await sampleBundleParts(db);
    const detectors = detectorRepository(db);
    const input = sampleDetector(version.digest, run.snapshotDigest, 'active-share');
    const stored = await detectors.create(input, lease);
    expect(stored).toMatchObject({ ...input, jobId: lease.jobId, threshold: null });
    expect((await detectors.create(input, lease)).id).toBe(stored.id);
    expect(await detectors.get(stored.id)).toEqual(stored);
    expect((await detectors.list({ backboneVersion: version.digest })).items.map(({ method }) => method)).toEqual([
      'active-share',
      'knn',
    ]);
    expect((await detectors.list({ jobId: lease.jobId, pageSize: 1 })).items).toHaveLength(1);
  });

  it('refuses the detectors of a worker that lost its job', async () => {
    const { run, lease, version } = await sampleBundleParts(db);
    const input = sampleDetector(version.digest, run.snapshotDigest, 'active-share');
    await expect(detectorRepository(db).create(input, { ...lease, fence: 99 })).rejects.toThrow(AbortedError);
    await expect(detectorRepository(db).get(crypto.randomUUID())).rejects.toThrow(NotFoundError);
  });
});

describe('thresholdRepository', () => {
  it('puts the threshold made last in force, until an earlier one is put back', async () => {
    const { run, detector, threshold: first } = await sampleBundleParts(db);
    const thresholds = thresholdRepository(db);
    const second = await thresholds.create(
      { ...sampleThreshold(detector.id, run.snapshotDigest, 0.75), reason: 'fewer alarms' },
      'bob',
    );
    expect(second).toMatchObject({ value: 0.75, author: 'bob', backboneVersion: detector.backboneVersion });
    expect(await thresholds.getActive(detector.id)).toEqual(second);
    expect((await detectorRepository(db).get(detector.id)).threshold).toEqual(second);

    await thresholds.activate(first.id, 'ada', 'it was right before');
    expect(await thresholds.getActive(detector.id)).toEqual(first);
    expect((await thresholds.list(detector.id)).items.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it('wants a reason, a number and a whole band', async () => {
    const { run, detector } = await sampleBundleParts(db);
    const thresholds = thresholdRepository(db);
    const input = sampleThreshold(detector.id, run.snapshotDigest);
    await expect(thresholds.create({ ...input, reason: '' }, 'ada')).rejects.toThrow(InvalidArgumentError);
    await expect(thresholds.create({ ...input, abstainFrom: 0.4 }, 'ada')).rejects.toThrow(FailedPreconditionError);
    await expect(thresholds.create({ ...input, abstainFrom: 0.6, abstainTo: 0.4 }, 'ada')).rejects.toThrow(
      'band_is_whole',
    );
    await expect(thresholds.create({ ...input, detectorId: crypto.randomUUID() }, 'ada')).rejects.toThrow(
      NotFoundError,
    );
    expect((await thresholds.list(detector.id)).items).toHaveLength(1);
  });

  it('stores thresholds that let everything or nothing through', async () => {
    const { run, detector } = await sampleBundleParts(db);
    const threshold = await thresholdRepository(db).create(
      sampleThreshold(detector.id, run.snapshotDigest, Infinity),
      'ada',
    );
    expect(threshold.value).toBe(Infinity);
    expect((await thresholdRepository(db).getActive(detector.id)).value).toBe(Infinity);
  });
});

describe('activationSetRepository', () => {
  it('keeps the first set of a snapshot, version and layer', async () => {
    const { run, lease, version } = await sampleBundleParts(db);
    const sets = activationSetRepository(db);
    const input = {
      snapshotDigest: run.snapshotDigest,
      backboneVersion: version.digest,
      layer: 'pooled',
      preprocessingDigest: version.preprocessingDigest,
      artifact: digestOf('activations'),
      rows: 16,
      dimension: 8,
    } as const;
    const first = await sets.add(input, lease);
    expect(await sets.add({ ...input, artifact: digestOf('again') }, lease)).toEqual(first);
    expect(await sets.find(run.snapshotDigest, version.digest, 'pooled')).toEqual(first);
    expect(await sets.find(run.snapshotDigest, version.digest, 'logits')).toBeUndefined();
    expect(await sets.listByVersion(version.digest)).toEqual([first]);
    const other = { ...input, layer: 'logits', preprocessingDigest: digestOf('other') } as const;
    await expect(sets.add(other, lease)).rejects.toThrow(FailedPreconditionError);
  });
});
