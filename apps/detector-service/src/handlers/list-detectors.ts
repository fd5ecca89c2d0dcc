import type { ListDetectorsRequest, ListDetectorsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import { parseDigest } from '@outsider/domain';
import type { Context } from '../context.ts';
import { toDetectorMessage } from '../messages/detector-message.ts';

/** ListDetectors: a page of detectors, newest first. */
export function listDetectors({ repositories: { detectors } }: Context) {
  return unary<ListDetectorsRequest, ListDetectorsResponse>(
    'viewer',
    async ({ backboneVersion, pageSize, pageToken }) => {
      const page = await detectors.list({
        pageSize,
        pageToken,
        ...(backboneVersion !== '' && { backboneVersion: parseDigest(backboneVersion, 'backbone_version') }),
      });
      return { detectors: page.items.map(toDetectorMessage), nextPageToken: page.nextPageToken };
    },
  );
}
