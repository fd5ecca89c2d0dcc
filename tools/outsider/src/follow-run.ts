import { setTimeout as sleep } from 'node:timers/promises';
import { JobState, type Run } from '@outsider/contracts';
import { CancelledError, FailedPreconditionError, UnavailableError } from '@outsider/domain';
import type { Clients } from './connect.ts';
import type { Progress } from './progress.ts';

/** What each stage does, for people. */
const stageTitles: Readonly<Record<string, string>> = {
  prepare: 'fetch the pretrained weights',
  features: 'look at the photos',
  train: 'train the new layers',
  export: 'export for serving',
  verify: 'verify the export',
  register: 'register the version',
  embed: 'embed every photo',
  fit: 'fit the detectors',
  calibrate: 'calibrate the thresholds',
  promote: 'promote to production',
};

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
  const jobId = run.job?.id ?? '';
  let sequence = 0;
  for (;;) {
    try {
      for await (const { event } of jobs.watchJob({ jobId, afterSequence: sequence }, { signal })) {
        if (!event) continue;
        sequence = event.sequence;
        if (event.event?.$case === 'progress') {
          const { stage, fraction, note } = event.event.value;
          progress.update(stageTitles[stage] ?? stage, fraction, note);
        } else if (event.event?.$case === 'log') {
          progress.line(`  ${event.event.value}`);
        }
      }
      break;
    } catch (error) {
      // A service that stops in good order cancels the calls that outlast it.
      const broken = error instanceof UnavailableError || (error instanceof CancelledError && !signal?.aborted);
      if (!broken) throw error;
      await sleep(1000, undefined, { signal });
    }
  }
  progress.finish();
  const { run: finished = run } = await training.getRun({ runId: run.id });
  if (finished.job?.state === JobState.JOB_STATE_SUCCEEDED) return finished;
  if (finished.job?.state === JobState.JOB_STATE_CANCELLED) throw new CancelledError(`run ${finished.number}`);
  throw new FailedPreconditionError(`run ${finished.number} failed: ${finished.job?.error ?? 'no reason was given'}`);
}
