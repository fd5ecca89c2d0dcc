import { setTimeout as delay } from 'node:timers/promises';
import { UnavailableError } from '@outsider/domain';
import { Prisma } from '../generated/client.ts';
import type { Database } from '../client/create-database.ts';
import { toEventData, type JobEventBody } from './job-event.ts';
import { leaseLost } from './hold-lease.ts';
import type { JobLease } from './job.ts';

/** An event, and what it changes in the job's row. */
export interface EventWrite {
  readonly event: JobEventBody;
  readonly stage?: string;
  /** Of the whole job, 0 to 1. */
  readonly jobFraction?: number;
}

const retryMs = 500;

/**
 * Writes a worker's events in order. Those that arrive while a write is under way go together in the next, so that a
 * fast handler makes larger writes and not more of them. While the store is away, writes wait for it.
 *
 * @param eventCount events that the job had when the worker took it up
 * @param signal ends the waiting
 */
export function eventWriter(db: Database, lease: JobLease, eventCount: number, signal: AbortSignal) {
  let written = eventCount;
  let pending: EventWrite[] = [];
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  async function flush(): Promise<void> {
    const writes = pending;
    pending = [];
    next = undefined;
    for (;;) {
      try {
        await insertEvents(db, lease, written, writes);
        written += writes.length;
        return;
      } catch (error) {
        if (!(error instanceof UnavailableError) || signal.aborted) throw error;
        await delay(retryMs);
      }
    }
  }

  return {
    /** Resolves when the event is stored. @throws {AbortedError} when the lease is lost */
    write(write: EventWrite): Promise<void> {
      pending.push(write);
      next ??= last = last.catch(() => undefined).then(flush);
      // A handler need not wait for its events; the loss of the lease reaches it through its signal.
      last.catch(() => undefined);
      return next;
    },

    /** Resolves when all events so far are stored or refused. */
    async settled(): Promise<void> {
      await last.catch(() => undefined);
    },
  };
}

/** One statement: counts, numbers and stores the events, and the metrics among them as points of the job's run. */
async function insertEvents(
  db: Database,
  lease: JobLease,
  written: number,
  writes: readonly EventWrite[],
): Promise<void> {
  const { jobId, fence } = lease;
  const stage = writes.findLast((write) => write.stage !== undefined)?.stage ?? null;
  const progress = writes.findLast((write) => write.jobFraction !== undefined)?.jobFraction ?? null;
  const metrics = new Map(
    writes.flatMap(({ event }) => (event.kind === 'metric' ? [[`${event.step} ${event.key}`, event] as const] : [])),
  );
  const points = [...metrics.values()];
  const stored = await db.$queryRaw<unknown[]>`
    WITH held AS (
      UPDATE "Job"
      SET "eventCount" = "eventCount" + ${writes.length}::int, "heartbeatAt" = now(),
          "stage" = coalesce(${stage}::text, "stage"),
          "progress" = greatest("progress", least(1, coalesce(${progress}::float8, 0)))
      WHERE "id" = ${jobId}::uuid AND "fence" = ${fence} AND "state" = 'running' AND "eventCount" = ${written}
      RETURNING "id"
    ), events AS (
      INSERT INTO "JobEvent" ("jobId", "sequence", "kind", "data")
      SELECT held."id", ${written}::int + e.number, e.kind, e.data::jsonb
      FROM held, unnest(
        ${writes.map(({ event }) => event.kind)}::text[],
        ${writes.map(({ event }) => JSON.stringify(toEventData(event)))}::text[]
      ) WITH ORDINALITY AS e(kind, data, number)
      ORDER BY e.number
    ), points AS (
      INSERT INTO "MetricPoint" ("runId", "key", "step", "value")
      SELECT r."id", p.key, p.step, p.value::float8
      FROM held JOIN "Run" AS r ON r."jobId" = held."id", unnest(
        ${points.map(({ key }) => key)}::text[],
        ${points.map(({ step }) => step)}::int[],
        ${points.map(({ value }) => String(value))}::text[]
      ) AS p(key, step, value)
      ON CONFLICT ("runId", "key", "step") DO UPDATE SET "value" = EXCLUDED."value", "at" = now()
    )
    SELECT 1 FROM held`;
  if (stored.length > 0) return;
  // The answer to an earlier try may have been lost with the connection: then the events are there.
  const before = Prisma.sql`SELECT 1 FROM "Job" WHERE "id" = ${jobId}::uuid AND "fence" = ${fence} AND "eventCount" >= ${written + writes.length}`;
  if ((await db.$queryRaw<unknown[]>(before)).length === 0) throw leaseLost(lease);
}
