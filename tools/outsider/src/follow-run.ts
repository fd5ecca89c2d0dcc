import { JobState, type Run } from '@outsider/contracts';
import { CancelledError, FailedPreconditionError } from '@outsider/domain';
import type { Clients } from './connect.ts';
import { followJob } from './follow-job.ts';
import type { Progress } from './progress.ts';

/**
 * Shows a run's progress until it is over; a broken connection is taken up where it ended.
 *
 * @returns the finished run
 * @throws {FailedPreconditionError} with the run's own sentence when it failed
 * @throws {CancelledError} when somebody cancelled it
 */
export async function followRun(
  { jobs, training }: Pick<Clients, 'jobs' | 'training'>,
  run: Run,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Run> {
  await followJob({ jobs }, run.job?.id ?? '', run.recipe?.name ?? '', progress, signal);
  const { run: finished = run } = await training.getRun({ runId: run.id });
  if (finished.job?.state === JobState.JOB_STATE_SUCCEEDED) return finished;
  if (finished.job?.state === JobState.JOB_STATE_CANCELLED) throw new CancelledError(`run ${finished.number}`);
  throw new FailedPreconditionError(`run ${finished.number} failed: ${finished.job?.error ?? 'no reason was given'}`);
}
