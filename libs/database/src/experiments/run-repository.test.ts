import {
  AbortedError,
  AlreadyExistsError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
} from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../client/create-database.ts';
import { digestOf, sampleRun } from '../testing/sample-store.ts';
import { testDatabase } from '../testing/test-database.ts';
import { experimentRepository } from './experiment-repository.ts';
import { metricPointRepository } from './metric-point-repository.ts';
import { runRepository } from './run-repository.ts';

let db: Database;
beforeAll(async () => {
  db = createDatabase(await testDatabase());
});
afterAll(() => db.$disconnect());

describe('experimentRepository', () => {
  it('makes an experiment once for each request, under a name of its own', async () => {
    const experiments = experimentRepository(db);
    const input = { name: 'Cats and dogs', backbone: 'pets', architecture: 'tiny', requestId: crypto.randomUUID() };
    const twice = await Promise.all([experiments.create(input, 'ada'), experiments.create(input, 'ada')]);
    const made = twice[0];
    expect(twice[1]).toEqual(made);
    expect(made).toMatchObject({ name: 'Cats and dogs', backbone: 'pets', createdBy: 'ada' });
    expect(await experiments.create(input, 'bob')).toEqual(made);
    const taken = await experiments.create({ ...input, requestId: undefined }, 'bob').catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(AlreadyExistsError);
    expect(taken).toMatchObject({ message: 'there is already a Experiment with the same name' });
    await expect(experiments.create({ ...input, name: '  ', requestId: undefined }, 'bob')).rejects.toThrow(
      InvalidArgumentError,
    );
    await expect(experiments.create({ ...input, requestId: 'nonsense' }, 'bob')).rejects.toThrow(
      'request_id: expected a UUID',
    );
    expect(await experiments.findByName('Cats and dogs')).toEqual(made);
    await expect(experiments.get(crypto.randomUUID())).rejects.toThrow(NotFoundError);
  });
});

describe('runRepository', () => {
  it('numbers runs within their experiment and lists them, newest first, with their jobs', async () => {
    const runs = runRepository(db);
    const made = [await sampleRun(db, 'numbered'), await sampleRun(db, 'numbered'), await sampleRun(db, 'numbered')];
    expect(made.map(({ run }) => run.number)).toEqual([1, 2, 3]);
    const experimentId = made[0]!.run.experimentId;
    const page = await runs.list({ experimentId, pageSize: 2 });
    const rest = await runs.list({ experimentId, pageSize: 2, pageToken: page.nextPageToken });
    expect([...page.items, ...rest.items].map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(page.items[0]?.job).toMatchObject({ state: 'running', kind: 'train' });
    expect((await runs.findByJob(made[1]!.lease.jobId))?.id).toBe(made[1]!.run.id);
  });

  it('is written to by the worker of its job only', async () => {
    const runs = runRepository(db);
    const { run, lease } = await sampleRun(db);
    await runs.setBackend(run.id, 'tfjs-node', lease);
    await runs.setSummary(run.id, { validationAccuracy: 0.9 }, lease);
    expect(await runs.get(run.id)).toMatchObject({ backend: 'tfjs-node', summary: { validationAccuracy: 0.9 } });
    await expect(runs.setBackend(run.id, 'wasm', { ...lease, fence: 2 })).rejects.toThrow(AbortedError);
    await expect(runs.setBundle(run.id, crypto.randomUUID(), lease)).rejects.toThrow(FailedPreconditionError);
  });

  it('refuses a snapshot that is not stored', async () => {
    const { run } = await sampleRun(db);
    const job = await db.job.create({ data: { kind: 'train', payload: {}, createdBy: 'ada' } });
    const input = { experimentId: run.experimentId, jobId: job.id, recipe: {}, detection: {}, seed: 1 };
    await expect(runRepository(db).create({ ...input, snapshotDigest: digestOf('nothing') }, 'ada')).rejects.toThrow(
      'refers to something that is not stored',
    );
  });
});

describe('metricPointRepository', () => {
  it('keeps every value, also NaN and infinities, and the later of two for one step', async () => {
    const metrics = metricPointRepository(db);
    const { run, lease } = await sampleRun(db);
    const points = [1.5, Number.NaN, Infinity, -Infinity, 1e-300].map((value, step) => ({
      key: 'train.loss',
      step,
      value,
    }));
    await metrics.append(run.id, points, lease);
    const [series] = await metrics.series(run.id);
    expect(series?.buckets.map(({ step, mean }) => [step, mean])).toEqual(
      points.map(({ step, value }) => [step, value]),
    );
    await metrics.append(
      run.id,
      [
        { key: 'train.loss', step: 1, value: 7 },
        { key: 'train.loss', step: 1, value: 8 },
      ],
      lease,
    );
    expect((await metrics.series(run.id))[0]?.buckets[1]?.mean).toBe(8);
    await expect(metrics.append(run.id, points, { ...lease, fence: 2 })).rejects.toThrow(AbortedError);
  });

  it('thins long curves to mean, least and greatest of equal stretches', async () => {
    const metrics = metricPointRepository(db);
    const { run, lease } = await sampleRun(db);
    const values = Array.from({ length: 5000 }, (_, step) => Math.sin(step / 100) + (step === 1234 ? 50 : 0));
    await metrics.append(
      run.id,
      values.map((value, step) => ({ key: 'loss', step: step * 10, value })),
      lease,
    );
    await metrics.append(run.id, [{ key: 'other', step: 0, value: 1 }], lease);
    const [series, ...none] = await metrics.series(run.id, { keys: ['loss'], maxPoints: 100 });
    expect(none).toEqual([]);
    expect(series?.buckets).toHaveLength(100);
    for (const [i, bucket] of (series?.buckets ?? []).entries()) {
      const stretch = values.slice(i * 50, (i + 1) * 50);
      expect(bucket).toMatchObject({
        points: 50,
        step: (i * 50 + 49) * 10,
        min: Math.min(...stretch),
        max: Math.max(...stretch),
      });
      expect(bucket.mean).toBeCloseTo(stretch.reduce((sum, value) => sum + value, 0) / 50, 12);
    }
    expect(await metrics.keys(run.id)).toEqual(['loss', 'other']);
    expect((await metrics.latest([run.id])).get(run.id)).toEqual(
      new Map([
        ['loss', values[4999]],
        ['other', 1],
      ]),
    );
  });
});
