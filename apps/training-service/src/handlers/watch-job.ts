import type { WatchJobRequest, WatchJobResponse } from '@outsider/contracts';
import { serverStreaming } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toJobEventMessage } from '../messages/to-job-event-message.ts';

/** WatchJob: what has happened since, and what happens, until the job is final. */
export function watchJob({ repositories }: Context) {
  return serverStreaming<WatchJobRequest, WatchJobResponse>(
    'viewer',
    async function* ({ jobId, afterSequence }, { signal }) {
      for await (const event of repositories.jobs.watchEvents(jobId, afterSequence, signal)) {
        yield { event: toJobEventMessage(event) };
      }
    },
  );
}
