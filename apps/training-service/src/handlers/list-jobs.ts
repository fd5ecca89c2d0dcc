import type { ListJobsRequest, ListJobsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toJobMessage } from '../messages/to-job-message.ts';

/** ListJobs: a page, newest first. */
export function listJobs({ repositories }: Context) {
  return unary<ListJobsRequest, ListJobsResponse>('viewer', async (request) => {
    const { items, nextPageToken } = await repositories.jobs.list(request);
    return { jobs: items.map(toJobMessage), nextPageToken };
  });
}
