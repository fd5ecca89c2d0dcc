import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import type { JobTimings } from './job-queue.ts';
import { updateWithEvent } from './update-with-event.ts';

/** A job is taken up again after this many losses; the next one fails it. */
export const allowedLosses = 2;

interface LostJob {
  readonly id: string;
  readonly lostWorkers: number;
  readonly cancelRequestedAt: Date | null;
}

/**
 * Frees the jobs whose worker is gone: silent for long, or silent for a little and without a session. Each is
 * announced again, ended as cancelled when that was asked for, or failed when it has lost too many workers.
 */
export async function reclaimLostJobs(options: {
  readonly db: Database;
  readonly kind: string;
  readonly timings: JobTimings;
  readonly announce: (tx: Transaction, kind: string, jobId: string) => Promise<void>;
}): Promise<void> {
  const { db, kind, timings, announce } = options;
  await inTransaction(db, async (tx) => {
    const lost = await tx.$queryRaw<LostJob[]>`
      SELECT "id"::text, "lostWorkers", "cancelRequestedAt" FROM "Job" AS j
      WHERE "kind" = ${kind} AND "state" = 'running' AND "worker" IS NOT NULL
        AND pg_postmaster_start_time() < now() - make_interval(secs => ${timings.restartGraceMs / 1000})
        AND ("heartbeatAt" < now() - make_interval(secs => ${timings.staleAfterMs / 1000})
          OR ("heartbeatAt" < now() - make_interval(secs => ${timings.vanishedAfterMs / 1000})
            AND NOT EXISTS (SELECT 1 FROM pg_stat_activity AS s WHERE s.application_name = j."worker")))
      ORDER BY "createdAt" FOR NO KEY UPDATE SKIP LOCKED`;
    for (const { id, lostWorkers, cancelRequestedAt } of lost) {
      const freed = { worker: null, lostWorkers: lostWorkers + 1 };
      if (cancelRequestedAt) {
        await updateWithEvent(
          tx,
          id,
          { ...freed, state: 'cancelled', finishedAt: new Date() },
          { kind: 'state', state: 'cancelled' },
        );
      } else if (lostWorkers >= allowedLosses) {
        const error = `${lostWorkers + 1} workers were lost while they worked on this job; see whether memory or disk ran out`;
        await updateWithEvent(
          tx,
          id,
          { ...freed, state: 'failed', failureClass: 'infrastructure', error, finishedAt: new Date() },
          { kind: 'state', state: 'failed' },
        );
      } else {
        await updateWithEvent(tx, id, freed, { kind: 'log', line: 'the worker was lost; another takes the job up' });
        await announce(tx, kind, id);
      }
    }
  });
}

/**
 * Announces jobs again that wait for a worker while no message speaks of them: pg-boss throws messages away after two
 * weeks, and a store that was restored from a backup may hold a job without its message.
 */
export async function announceForgottenJobs(options: {
  readonly db: Database;
  readonly kind: string;
  readonly announce: (tx: Transaction, kind: string, jobId: string) => Promise<void>;
}): Promise<void> {
  const { db, kind, announce } = options;
  await inTransaction(db, async (tx) => {
    const forgotten = await tx.$queryRaw<{ id: string }[]>`
      SELECT "id"::text FROM "Job" AS j
      WHERE "kind" = ${kind} AND "state" IN ('queued', 'running') AND "worker" IS NULL
        AND NOT EXISTS (
          SELECT 1 FROM pgboss.job AS m
          WHERE m.name = j."kind" AND m.state IN ('created', 'retry', 'active') AND m.data ->> 'jobId' = j."id"::text)
      ORDER BY "createdAt" FOR NO KEY UPDATE SKIP LOCKED`;
    for (const { id } of forgotten) await announce(tx, kind, id);
  });
}
