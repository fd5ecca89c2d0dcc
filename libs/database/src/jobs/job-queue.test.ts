import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { AbortedError, CancelledError, InvalidArgumentError } from '@outsider/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backboneRepository } from '../backbones/backbone-repository.ts';
import { createDatabase, type Database } from '../client/create-database.ts';
import { experimentRepository } from '../experiments/experiment-repository.ts';
import { datasetRepository } from '../datasets/dataset-repository.ts';
import { metricPointRepository } from '../experiments/metric-point-repository.ts';
import { runRepository, type Run } from '../experiments/run-repository.ts';
import { sampleSnapshot, sampleVersion } from '../testing/sample-store.ts';
import { testDatabase } from '../testing/test-database.ts';
import type { JobEvent } from './job-event.ts';
import { jobQueue, type JobContext, type JobQueue, type JobTimings } from './job-queue.ts';
import { jobRepository } from './job-repository.ts';
import type { Job } from './job.ts';

const quick: Partial<JobTimings> = {
  heartbeatMs: 200,
  pollMs: 50,
  vanishedAfterMs: 500,
  sweepMs: 200,
  restartGraceMs: 0,
  cancelGraceMs: 500,
};

let url: string;
let db: Database;
let queues: JobQueue[];
beforeEach(async () => {
  url = await testDatabase();
  db = createDatabase(url);
  queues = [];
});
afterEach(async () => {
  await Promise.all(queues.map((queue) => queue.stop()));
  await db.$disconnect();
});

function openQueue(timings: Partial<JobTimings> = quick): JobQueue {
  const queue = jobQueue({ url, db, timings });
  queues.push(queue);
  return queue;
}

async function enqueue(queue: JobQueue, extra: { exclusiveKey?: string; requestId?: string } = {}): Promise<Job> {
  return queue.enqueue({ kind: 'train', payload: { epochs: 3 }, createdBy: 'ada', ...extra });
}

/** All events until the job is final. */
async function follow(jobId: string, after = 0): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of jobRepository(db).watchEvents(jobId, after)) events.push(event);
  return events;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 25));
}

/** A run queued as the training service does it: run and job in one transaction. */
async function startRun(queue: JobQueue): Promise<{ job: Job; run: Run }> {
  const { snapshot } = await datasetRepository(db).createSnapshot(sampleSnapshot(), 'ada');
  const experiment = await experimentRepository(db).create(
    { name: 'e', backbone: 'pets', architecture: 'tiny' },
    'ada',
  );
  let run: Run | undefined;
  const job = await queue.enqueue({ kind: 'train', payload: {}, createdBy: 'ada' }, async (tx, { id }) => {
    const input = {
      experimentId: experiment.id,
      jobId: id,
      snapshotDigest: snapshot.digest,
      recipe: {},
      detection: {},
      seed: 1,
    };
    run = await runRepository(tx).create(input, 'ada');
  });
  return { job, run: run! };
}

describe('jobQueue', () => {
  it('does a job and tells everything that happened in it, in order', async () => {
    const queue = openQueue();
    const { job, run } = await startRun(queue);
    await queue.work('train', async ({ job: seen, emit, setStage, setProgress, log }) => {
      expect(seen).toMatchObject({ id: job.id, state: 'running', attempt: 1 });
      await setStage('train', 0.25);
      await setProgress({ fraction: 0.5, note: '1 of 2 epochs', jobFraction: 0.5 });
      await emit({ kind: 'metric', key: 'train.loss', step: 1, value: Number.NaN });
      await emit({ kind: 'metric', key: 'train.loss', step: 2, value: 0.125 });
      await log('done');
      return { accuracy: 1 };
    });

    const events = await follow(job.id);
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(events.map(({ jobId: _, sequence: __, at: ___, ...body }) => body)).toEqual([
      { kind: 'state', state: 'queued' },
      { kind: 'state', state: 'running' },
      { kind: 'stage', stage: 'train' },
      { kind: 'progress', stage: 'train', fraction: 0.5, note: '1 of 2 epochs' },
      { kind: 'metric', key: 'train.loss', step: 1, value: Number.NaN },
      { kind: 'metric', key: 'train.loss', step: 2, value: 0.125 },
      { kind: 'log', line: 'done' },
      { kind: 'state', state: 'succeeded' },
    ]);
    expect(await jobRepository(db).get(job.id)).toMatchObject({
      state: 'succeeded',
      stage: 'train',
      progress: 1,
      result: { accuracy: 1 },
    });
    const latest = await metricPointRepository(db).latest([run.id]);
    expect(latest.get(run.id)?.get('train.loss')).toBe(0.125);
    expect(await follow(job.id, 6)).toEqual(events.slice(6));
  });

  it('stores many events that nobody waits for, in order', async () => {
    const queue = openQueue();
    const job = await enqueue(queue);
    await queue.work('train', async ({ log }) => {
      for (let i = 0; i < 300; i++) void log(String(i));
    });
    const lines = (await follow(job.id)).flatMap((event) => (event.kind === 'log' ? [event.line] : []));
    expect(lines).toEqual(Array.from({ length: 300 }, (_, i) => String(i)));
  });

  it('keeps what belongs to a job in the transaction that queues it', async () => {
    const queue = openQueue();
    const failing = queue.enqueue({ kind: 'train', payload: {}, createdBy: 'ada' }, async () => {
      throw new InvalidArgumentError('the run is not allowed');
    });
    await expect(failing).rejects.toThrow('the run is not allowed');
    expect(await db.job.count()).toBe(0);
    expect(await db.$queryRaw`SELECT count(*)::int AS messages FROM pgboss.job WHERE name = 'train'`).toEqual([
      { messages: 0 },
    ]);
  });

  it('names the job that holds an exclusive key, and gives the same job to the same request', async () => {
    const queue = openQueue();
    const requestId = crypto.randomUUID();
    const first = await enqueue(queue, { exclusiveKey: 'train:pets', requestId });
    const refusal = await enqueue(queue, { exclusiveKey: 'train:pets' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AbortedError);
    expect(refusal).toMatchObject({ details: { jobId: first.id } });
    expect((await enqueue(queue, { exclusiveKey: 'train:pets', requestId })).id).toBe(first.id);
    await jobRepository(db).cancel(first.id, 'ada');
    expect((await enqueue(queue, { exclusiveKey: 'train:pets' })).id).not.toBe(first.id);
  });

  it('lets one of many requests for the same key through', async () => {
    const queue = openQueue();
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => enqueue(queue, { exclusiveKey: 'train:pets' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of tries) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(AbortedError);
  });

  it('does one job of a kind at a time, the oldest first', async () => {
    const queue = openQueue();
    const jobs = [await enqueue(queue), await enqueue(queue), await enqueue(queue)];
    const order: string[] = [];
    let running = 0;
    await queue.work('train', async ({ job }) => {
      order.push(job.id);
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      running--;
    });
    for (const { id } of jobs) await follow(id);
    expect(order).toEqual(jobs.map(({ id }) => id));
    expect((await jobRepository(db).list({ states: ['succeeded'] })).items).toHaveLength(3);
  });

  it.each([
    [
      new InvalidArgumentError('one class only; expected at least two'),
      'input',
      'one class only; expected at least two',
    ],
    [
      Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
      'infrastructure',
      'no space left on device',
    ],
    [new TypeError('x is undefined'), 'code', 'x is undefined'],
  ])('says whose fault a failure is: %s', async (cause, failureClass, error) => {
    const queue = openQueue();
    const job = await enqueue(queue);
    await queue.work('train', () => Promise.reject(cause));
    await follow(job.id);
    expect(await jobRepository(db).get(job.id)).toMatchObject({ state: 'failed', failureClass, error });
  });

  it('cancels a queued job at once, and a running one through its signal', async () => {
    const queue = openQueue();
    const queued = await enqueue(queue);
    expect(await jobRepository(db).cancel(queued.id, 'ada')).toMatchObject({ state: 'cancelled' });

    const running = await enqueue(queue);
    let reason: unknown;
    await queue.work('train', ({ signal, log }) => {
      void log('started');
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(new Error('the child process was killed'));
        }),
      );
    });
    for await (const event of jobRepository(db).watchEvents(running.id)) {
      if (event.kind === 'log') await jobRepository(db).cancel(running.id, 'ada');
    }
    expect(reason).toBeInstanceOf(CancelledError);
    expect(await jobRepository(db).get(running.id)).toMatchObject({ state: 'cancelled', error: null });
    const again = await jobRepository(db).cancel(running.id, 'ada');
    expect(again.state).toBe('cancelled');
  });

  it('does not wait for ever for a handler that does not heed a cancellation', async () => {
    const queue = openQueue();
    const deaf = await enqueue(queue);
    let wake = () => {};
    await queue.work('train', async ({ job }) => {
      if (job.id === deaf.id) await new Promise<void>((resolve) => (wake = resolve));
    });
    await until(async () => (await jobRepository(db).get(deaf.id)).state === 'running');
    await jobRepository(db).cancel(deaf.id, 'ada');
    const next = await enqueue(queue);
    await follow(next.id);
    expect((await jobRepository(db).get(deaf.id)).state).toBe('cancelled');
    wake();
  });

  it('gives the job of a killed worker to another', async () => {
    const queue = openQueue();
    const job = await enqueue(queue);
    const worker = spawn(process.execPath, [path.join(import.meta.dirname, '../testing/stuck-worker.ts'), url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(worker.stdout, 'data');
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    await queue.work('train', async ({ job: seen }) => ({ attempt: seen.attempt }));
    const events = await follow(job.id);
    expect(await jobRepository(db).get(job.id)).toMatchObject({
      state: 'succeeded',
      attempt: 2,
      result: { attempt: 2 },
    });
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'log', line: 'the worker was lost; another takes the job up' }),
    );
  });

  it('leaves a slow worker alone while its session lives', async () => {
    const slow = openQueue({ ...quick, heartbeatMs: 60_000 });
    const job = await enqueue(slow);
    let finish = () => {};
    await slow.work('train', () => new Promise<void>((resolve) => (finish = resolve)));
    await until(async () => (await jobRepository(db).get(job.id)).state === 'running');
    const thief = openQueue();
    await thief.work('train', async () => 'stolen');
    // Long past the time after which a worker without a session is given up.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    finish();
    await follow(job.id);
    expect(await jobRepository(db).get(job.id)).toMatchObject({ attempt: 1, result: null });
  });

  it('finds a job that no message speaks of', async () => {
    const queue = openQueue();
    const job = await enqueue(queue);
    await db.$executeRaw`DELETE FROM pgboss.job`;
    await queue.work('train', async () => 'found');
    await follow(job.id);
    expect(await jobRepository(db).get(job.id)).toMatchObject({ state: 'succeeded', attempt: 1, result: 'found' });
    expect(await db.$queryRaw`SELECT count(*)::int AS messages FROM pgboss.job`).toEqual([{ messages: 1 }]);
  });

  it('fails a job that has lost three workers', async () => {
    const queue = openQueue();
    const job = await enqueue(queue);
    const before = new Date(Date.now() - 60_000);
    const running = {
      state: 'running',
      worker: 'outsider-worker-gone',
      startedAt: before,
      heartbeatAt: before,
    } as const;
    await db.job.update({ where: { id: job.id }, data: { ...running, fence: 3, lostWorkers: 2 } });
    await queue.work('train', async () => 'never');
    await follow(job.id);
    expect(await jobRepository(db).get(job.id)).toMatchObject({
      state: 'failed',
      failureClass: 'infrastructure',
      error: '3 workers were lost while they worked on this job; see whether memory or disk ran out',
    });
  });

  it('refuses what a worker publishes after its job was given to another', async () => {
    const zombieQueue = openQueue({ ...quick, heartbeatMs: 60_000 });
    const { job, run } = await startRun(zombieQueue);
    const backbones = backboneRepository(db);
    let wake = () => {};
    let zombie: JobContext | undefined;
    const outcome = new Promise((resolve) => {
      void zombieQueue.work('train', async (context) => {
        zombie = context;
        await new Promise<void>((proceed) => (wake = proceed));
        const version = sampleVersion(run, 'pets', 'made by the zombie');
        resolve(await backbones.registerVersion(version, context.lease, 'zombie').catch((error: unknown) => error));
        await context.log('I am back').catch(() => undefined);
      });
    });
    await until(() => zombie !== undefined);

    const heir = openQueue({ ...quick, staleAfterMs: 300 });
    await heir.work('train', async ({ lease }) => {
      const { digest } = await backbones.registerVersion(sampleVersion(run, 'pets', 'made by the heir'), lease, 'heir');
      return { digest };
    });
    await follow(job.id);
    await until(() => zombie?.signal.aborted === true);
    wake();

    expect(await outcome).toBeInstanceOf(AbortedError);
    expect(zombie?.signal.reason).toBeInstanceOf(AbortedError);
    const versions = (await backbones.listVersions()).items;
    expect(versions.map(({ digest }) => digest)).toEqual([sampleVersion(run, 'pets', 'made by the heir').digest]);
    expect((await runRepository(db).get(run.id)).backboneVersion).toBe(versions[0]?.digest);
    expect((await jobRepository(db).get(job.id)).state).toBe('succeeded');
  });

  it('gives a job back when it stops, without counting that as a loss', async () => {
    const first = openQueue();
    const job = await enqueue(first);
    let started = false;
    await first.work('train', ({ signal }) => {
      started = true;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    await until(() => started);
    await first.stop();
    expect(await db.job.findUnique({ where: { id: job.id } })).toMatchObject({
      state: 'running',
      worker: null,
      lostWorkers: 0,
    });

    const second = openQueue();
    await second.work('train', async () => 'done');
    await follow(job.id);
    expect(await jobRepository(db).get(job.id)).toMatchObject({ state: 'succeeded', attempt: 2, result: 'done' });
  });

  it('ends a watch when its caller goes away', async () => {
    const job = await enqueue(openQueue());
    const caller = new AbortController();
    const events: JobEvent[] = [];
    for await (const event of jobRepository(db).watchEvents(job.id, 0, caller.signal)) {
      events.push(event);
      caller.abort();
    }
    expect(events).toHaveLength(1);
  });
});
