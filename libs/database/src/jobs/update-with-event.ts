import type { Job as JobRow, Prisma } from '../generated/client.ts';
import type { Transaction } from '../client/create-database.ts';
import { toEventData, type JobEventBody } from './job-event.ts';

/**
 * Changes a job and stores the event that says so. The changed row keeps other writers of the job waiting until the
 * transaction ends, so that events are numbered and seen in order, without gaps.
 */
export async function updateWithEvent(
  tx: Transaction,
  jobId: string,
  data: Prisma.JobUncheckedUpdateInput,
  event: JobEventBody,
): Promise<JobRow> {
  const row = await tx.job.update({ where: { id: jobId }, data: { ...data, eventCount: { increment: 1 } } });
  await tx.jobEvent.create({
    data: { jobId, sequence: row.eventCount, kind: event.kind, data: toEventData(event) as object },
  });
  return row;
}
