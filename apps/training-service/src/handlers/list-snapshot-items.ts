import type { ListSnapshotItemsRequest, ListSnapshotItemsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toSnapshotItemMessage } from '../messages/to-snapshot-message.ts';

/** ListSnapshotItems: a page in the snapshot's own order. */
export function listSnapshotItems({ repositories }: Context) {
  return unary<ListSnapshotItemsRequest, ListSnapshotItemsResponse>(
    'viewer',
    async ({ digest, pageSize, pageToken }) => {
      const page = await repositories.datasets.listItems(digest, { pageSize, pageToken });
      return { items: page.items.map(toSnapshotItemMessage), nextPageToken: page.nextPageToken };
    },
  );
}
