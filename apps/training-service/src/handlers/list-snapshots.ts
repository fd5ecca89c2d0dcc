import type { ListSnapshotsRequest, ListSnapshotsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toSnapshotMessage } from '../messages/to-snapshot-message.ts';

/** ListSnapshots: a page, newest first. */
export function listSnapshots({ repositories }: Context) {
  return unary<ListSnapshotsRequest, ListSnapshotsResponse>('viewer', async ({ dataset, pageSize, pageToken }) => {
    const page = await repositories.datasets.listSnapshots({ dataset: dataset || undefined, pageSize, pageToken });
    return { snapshots: page.items.map(toSnapshotMessage), nextPageToken: page.nextPageToken };
  });
}
