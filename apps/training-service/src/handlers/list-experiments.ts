import type { ListExperimentsRequest, ListExperimentsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toExperimentMessage } from '../messages/to-run-message.ts';

/** ListExperiments: a page, newest first. */
export function listExperiments({ repositories }: Context) {
  return unary<ListExperimentsRequest, ListExperimentsResponse>('viewer', async (request) => {
    const { items, nextPageToken } = await repositories.experiments.list(request);
    return { experiments: items.map(toExperimentMessage), nextPageToken };
  });
}
