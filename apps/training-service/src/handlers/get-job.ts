import type { GetJobRequest, GetJobResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toJobMessage } from '../messages/to-job-message.ts';

/** GetJob: one job as it stands. */
export function getJob({ repositories }: Context) {
  return unary<GetJobRequest, GetJobResponse>('viewer', async ({ jobId }) => ({
    job: toJobMessage(await repositories.jobs.get(jobId)),
  }));
}
