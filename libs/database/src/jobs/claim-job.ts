import type { Job as JobRow } from '../generated/client.ts';
import type { Database } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { updateWithEvent } from './update-with-event.ts';

/** Gives the job to `worker` with a new fence; undefined when it is another's, or over. */
export async function claimJob(db: Database, jobId: string, worker: string): Promise<JobRow | undefined> {
  return inTransaction(db, async (tx) => {
    const free = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM "Job"
      WHERE "id" = ${jobId}::uuid AND "state" IN ('queued', 'running') AND "worker" IS NULL
      FOR NO KEY UPDATE`;
    if (free.length === 0) return undefined;
    const job = await tx.job.findUniqueOrThrow({ where: { id: jobId } });
    const now = new Date();
    return updateWithEvent(
      tx,
      jobId,
      { state: 'running', worker, fence: { increment: 1 }, heartbeatAt: now, startedAt: job.startedAt ?? now },
      { kind: 'state', state: 'running' },
    );
  });
}
