import type { JobContext } from '@outsider/database';
import type { Stage } from '@outsider/domain';
import { jobFraction } from './stage-progress.ts';
import type { WorkerEvent } from './worker/protocol.ts';

/** What a worker tells, as an event of its job. */
export async function storeEvent(job: JobContext, event: WorkerEvent): Promise<void> {
  switch (event.kind) {
    case 'stage':
      return job.setStage(event.stage, jobFraction(event.stage));
    case 'progress':
      return job.setProgress({
        fraction: event.fraction,
        note: event.note,
        jobFraction: jobFraction(event.stage, event.fraction),
      });
    case 'log':
      return job.log(event.text);
    case 'metrics':
      for (const [key, value] of Object.entries(event.values)) {
        await job.emit({ kind: 'metric', key, step: event.step, value });
      }
  }
}

export function enterStage(job: JobContext, stage: Stage): Promise<void> {
  return job.setStage(stage, jobFraction(stage));
}
