import { AbortedError } from '@outsider/domain';
import type { Transaction } from '../client/create-database.ts';
import type { JobLease } from './job.ts';

/** The job was given to another worker, or ended: what this worker still has to say is refused. */
export function leaseLost({ jobId, fence }: JobLease): AbortedError {
  return new AbortedError(
    `job ${jobId} is no longer this worker's (attempt ${fence}): it ended or was given to another`,
    {
      reason: 'JOB_LEASE_LOST',
      jobId,
    },
  );
}

/**
 * Keeps the job with this worker until the transaction ends, so that what it publishes in it is published by the
 * job's only worker. The lock admits readers and waits for nobody but other writers of the same job.
 *
 * @throws {AbortedError} when the lease is lost
 */
export async function holdLease(tx: Transaction, lease: JobLease): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "Job"
    WHERE "id" = ${lease.jobId}::uuid AND "fence" = ${lease.fence} AND "state" = 'running'
    FOR NO KEY UPDATE`;
  if (held.length === 0) throw leaseLost(lease);
}
