import { setTimeout as delay } from 'node:timers/promises';
import { isFinal, NotFoundError, UnavailableError, type RunState } from '@outsider/domain';
import { recordAudit } from '../access/audit-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { requireUuid } from '../client/uuid.ts';
import { toJobEvent, type JobEvent } from './job-event.ts';
import { toJob, type Job } from './job.ts';
import { updateWithEvent } from './update-with-event.ts';

const watchIntervalMs = 250;
const patienceMs = 60_000;
const eventsPerRead = 1000;

/** Asks again while the store is away, for as long as a restart of it may take. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (const started = performance.now(); ;) {
    try {
      return await ask();
    } catch (error) {
      const mayWait = performance.now() - started < patienceMs && !signal?.aborted;
      if (!(error instanceof UnavailableError) || !mayWait) throw error;
      await delay(watchIntervalMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Jobs as they stand, and what happened in them. They are queued and worked on through `jobQueue`. */
export function jobRepository(db: Database | Transaction) {
  /** In order, a page of them at most. `except` leaves out a kind, such as the thousands of metrics of a long run. */
  async function eventsAfter(
    jobId: string,
    sequence: number,
    { except }: { readonly except?: JobEvent['kind'] } = {},
  ): Promise<JobEvent[]> {
    const rows = await db.jobEvent.findMany({
      where: { jobId, sequence: { gt: sequence }, ...(except && { kind: { not: except } }) },
      orderBy: { sequence: 'asc' },
      take: eventsPerRead,
    });
    return rows.map(toJobEvent);
  }

  return {
    get,

    /** Newest first; with `kind` or `states`, only of those. */
    async list(
      request: PageRequest & { readonly kind?: string; readonly states?: readonly RunState[] } = {},
    ): Promise<Page<Job>> {
      const position = readPage('jobs', request);
      const rows = await db.job.findMany({
        where: {
          ...(request.kind && { kind: request.kind }),
          ...(request.states && { state: { in: [...request.states] } }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('jobs', position, rows, (row) => row.id, toJob);
    },

    /**
     * Cancels a job that no worker holds at once, and asks the worker of a running one to stop. No effect on a final
     * job.
     * @throws {NotFoundError}
     */
    async cancel(id: string, actor: string): Promise<Job> {
      requireUuid('job', id);
      return inTransaction(db, async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM "Job" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
        const row = await tx.job.findUnique({ where: { id } });
        if (!row) throw new NotFoundError('job', id);
        if (isFinal(row.state) || row.cancelRequestedAt) return toJob(row);
        const now = new Date();
        const unheld = row.worker === null;
        const cancelled = unheld
          ? await updateWithEvent(
              tx,
              id,
              { cancelRequestedAt: now, state: 'cancelled', finishedAt: now },
              { kind: 'state', state: 'cancelled' },
            )
          : await tx.job.update({ where: { id }, data: { cancelRequestedAt: now } });
        await recordAudit(tx, {
          actor,
          action: 'cancel-job',
          subject: `job:${id}`,
          details: { kind: row.kind, state: row.state },
        });
        return toJob(cancelled);
      });
    },

    /** At most 1000 events with a higher sequence, in order. */
    eventsAfter,

    /**
     * Everything that has happened after `afterSequence` and will happen in a job, each event once and in order, until
     * the job is final or `signal` aborts (then it ends without an error). Waits for a store that is away for a minute.
     * @throws {NotFoundError}
     * @throws {UnavailableError} when the store stays away
     */
    async *watchEvents(
      jobId: string,
      afterSequence = 0,
      signal?: AbortSignal,
    ): AsyncGenerator<JobEvent, void, undefined> {
      let sequence = afterSequence;
      while (!signal?.aborted) {
        const { events, eventCount, ended } = await patiently(() => readNews(jobId, sequence), signal);
        for (const event of events) {
          if (signal?.aborted) return;
          yield event;
          sequence = event.sequence;
        }
        if (sequence < eventCount) continue;
        if (ended) return;
        await delay(watchIntervalMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };

  /** The job is read first: events of a final job are all there. */
  async function readNews(jobId: string, sequence: number) {
    const { eventCount, state } = await get(jobId);
    const events = eventCount > sequence ? await eventsAfter(jobId, sequence) : [];
    return { events, eventCount, ended: isFinal(state) };
  }

  /** @throws {NotFoundError} */
  async function get(id: string): Promise<Job> {
    requireUuid('job', id);
    const row = await db.job.findUnique({ where: { id } });
    if (!row) throw new NotFoundError('job', id);
    return toJob(row);
  }
}
