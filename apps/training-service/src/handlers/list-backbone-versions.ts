import type { ListBackboneVersionsRequest, ListBackboneVersionsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toBackboneVersionMessage } from '../messages/to-backbone-message.ts';

/** ListBackboneVersions: a page of one backbone's versions, newest first. */
export function listBackboneVersions({ repositories }: Context) {
  return unary<ListBackboneVersionsRequest, ListBackboneVersionsResponse>(
    'viewer',
    async ({ backbone, pageSize, pageToken }) => {
      const { items, nextPageToken } = await repositories.backbones.listVersions({ backbone, pageSize, pageToken });
      return { versions: items.map(toBackboneVersionMessage), nextPageToken };
    },
  );
}
