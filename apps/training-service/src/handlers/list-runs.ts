import type { ListRunsRequest, ListRunsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toRunMessage } from '../messages/to-run-message.ts';

/** ListRuns: a page, newest first. */
export function listRuns({ repositories }: Context) {
  return unary<ListRunsRequest, ListRunsResponse>('viewer', async ({ experimentId, pageSize, pageToken }) => {
    const { items, nextPageToken } = await repositories.runs.list({
      experimentId: experimentId || undefined,
      pageSize,
      pageToken,
    });
    return { runs: items.map(toRunMessage), nextPageToken };
  });
}
