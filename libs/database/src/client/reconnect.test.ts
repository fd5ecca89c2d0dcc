import { UnavailableError } from '@outsider/domain';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { experimentRepository } from '../experiments/experiment-repository.ts';
import { jobQueue, type JobQueue } from '../jobs/job-queue.ts';
import { jobRepository } from '../jobs/job-repository.ts';
import { testServer, type TestServer } from '../testing/test-server.ts';
import { createDatabase, pingDatabase, type Database } from './create-database.ts';
import { inTransaction } from './in-transaction.ts';

let server: TestServer;
let db: Database;
const queues: JobQueue[] = [];
beforeAll(async () => {
  server = await testServer();
  db = createDatabase(server.url);
});
afterEach(() => Promise.all(queues.splice(0).map((queue) => queue.stop())));
afterAll(async () => {
  await db.$disconnect();
  await server.remove();
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a store that goes away', () => {
  it('is reported as unavailable, and used again when it is back', async () => {
    await pingDatabase(db);
    await server.kill();
    await expect(pingDatabase(db)).rejects.toThrow(UnavailableError);
    await expect(
      experimentRepository(db).create({ name: 'e', backbone: 'pets', architecture: 'tiny' }, 'ada'),
    ).rejects.toThrow('the store cannot be reached at the moment; try again');
    await server.start();
    await pingDatabase(db);
    expect(
      await experimentRepository(db).create({ name: 'e', backbone: 'pets', architecture: 'tiny' }, 'ada'),
    ).toMatchObject({ name: 'e' });
  });

  it('is reported as unavailable when it no longer answers, and used again when it does', async () => {
    const hasty = createDatabase(server.url, { queryTimeoutMs: 500 });
    await pingDatabase(hasty);
    server.freeze();
    try {
      await expect(pingDatabase(hasty)).rejects.toThrow(UnavailableError);
      await expect(inTransaction(hasty, (tx) => tx.job.count())).rejects.toThrow(UnavailableError);
    } finally {
      server.thaw();
    }
    await pingDatabase(hasty);
    await hasty.$disconnect();
  });

  it('does not disturb a job that is under way: its events wait, and its worker keeps it', async () => {
    const timings = { heartbeatMs: 200, pollMs: 50, sweepMs: 200, vanishedAfterMs: 500 };
    const queue = jobQueue({ url: server.url, db, timings });
    const rival = jobQueue({ url: server.url, db, timings });
    queues.push(queue, rival);
    const job = await queue.enqueue({ kind: 'train', payload: {}, createdBy: 'ada' });
    let proceed = () => {};
    const away = new Promise<void>((resolve) => (proceed = resolve));
    await queue.work('train', async ({ log }) => {
      await log('before');
      await away;
      await log('while it is away');
      return 'done';
    });
    await until(async () => (await jobRepository(db).get(job.id)).eventCount === 3);
    await rival.work('train', async () => 'stolen');

    await server.kill();
    proceed();
    await server.start();
    await until(async () => (await jobRepository(db).get(job.id)).state === 'succeeded');
    expect(await jobRepository(db).get(job.id)).toMatchObject({ attempt: 1, result: 'done' });
    const events = await jobRepository(db).eventsAfter(job.id, 0);
    expect(events.map((event) => (event.kind === 'state' ? event.state : event.kind === 'log' && event.line))).toEqual([
      'queued',
      'running',
      'before',
      'while it is away',
      'succeeded',
    ]);
  });

  it('makes a job start over that needed the store meanwhile, and does not disturb who watches it', async () => {
    const queue = jobQueue({ url: server.url, db });
    queues.push(queue);
    const job = await queue.enqueue({ kind: 'train', payload: {}, createdBy: 'ada' });
    const lines: string[] = [];
    const watch = (async () => {
      for await (const event of jobRepository(db).watchEvents(job.id)) if (event.kind === 'log') lines.push(event.line);
    })();
    let down = false;
    await queue.work('train', async ({ job: { attempt } }) => {
      if (attempt > 1) return 'done';
      await server.kill();
      down = true;
      return pingDatabase(db);
    });
    await until(async () => down);
    await server.start();
    await watch;
    expect(lines).toEqual(['the store was away; the job starts over']);
    expect(await jobRepository(db).get(job.id)).toMatchObject({ state: 'succeeded', attempt: 2, result: 'done' });
  });

  it('takes up new jobs again after it was away', async () => {
    const queue = jobQueue({ url: server.url, db });
    queues.push(queue);
    await queue.work('fit-detectors', async () => 'fitted');
    await server.stop();
    await expect(queue.enqueue({ kind: 'fit-detectors', payload: {}, createdBy: 'ada' })).rejects.toThrow(
      UnavailableError,
    );
    await server.start();
    const job = await queue.enqueue({ kind: 'fit-detectors', payload: {}, createdBy: 'ada' });
    await until(async () => (await jobRepository(db).get(job.id)).state === 'succeeded');
  });
});
