import 'server-only';
import { jobRepository, runRepository } from '@outsider/database';
import { database } from './store.ts';

/** A job that failed, with the page where one reads more. */
export interface FailureView {
  readonly jobId: string;
  readonly kind: string;
  readonly error: string;
  readonly failureClass: string | null;
  readonly at: string;
  readonly runId: string | null;
}

const recentMs = 14 * 24 * 3600_000;

/** Of the last fourteen days, newest first. */
export async function listFailures(): Promise<FailureView[]> {
  const db = database();
  const { items } = await jobRepository(db).list({ states: ['failed'], pageSize: 5 });
  const recent = items.filter((job) => Date.now() - job.createdAt.getTime() < recentMs);
  return Promise.all(
    recent.map(async (job) => ({
      jobId: job.id,
      kind: job.kind,
      error: job.error ?? 'no reason was recorded',
      failureClass: job.failureClass,
      at: (job.finishedAt ?? job.createdAt).toISOString(),
      runId: (await runRepository(db).findByJob(job.id))?.id ?? null,
    })),
  );
}
