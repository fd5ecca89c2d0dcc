import type { CancelJobRequest, CancelJobResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toJobMessage } from '../messages/to-job-message.ts';

/** CancelJob: asks the job's worker to stop; a job that nobody has taken up is cancelled at once. */
export function cancelJob({ repositories }: Context) {
  return unary<CancelJobRequest, CancelJobResponse>('operator', async ({ jobId }, { principal }) => ({
    job: toJobMessage(await repositories.jobs.cancel(jobId, principal.name)),
  }));
}
