import type { GetSnapshotRequest, GetSnapshotResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toSnapshotMessage } from '../messages/to-snapshot-message.ts';

/** GetSnapshot: one snapshot without its items. */
export function getSnapshot({ repositories }: Context) {
  return unary<GetSnapshotRequest, GetSnapshotResponse>('viewer', async ({ digest }) => ({
    snapshot: toSnapshotMessage(await repositories.datasets.getSnapshot(digest)),
  }));
}
