import path from 'node:path';
import type { InspectClassifierRequest, InspectClassifierResponse } from '@outsider/contracts';
import { clientStreaming } from '@outsider/contracts/server';
import { InvalidArgumentError } from '@outsider/domain';
import { readAnnouncement, withReceivedFile } from '../classifier/receive-file.ts';
import { runClassifierProcess } from '../classifier/run-classifier-process.ts';
import { splitUpload } from '../classifier/split-upload.ts';
import type { Context } from '../context.ts';

/** InspectClassifier: a look at a file, which is gone afterwards. */
export function inspectClassifier({ config }: Context) {
  return clientStreaming<InspectClassifierRequest, InspectClassifierResponse>(
    'operator',
    async (requests, { signal }) => {
      const { header, chunks } = await splitUpload(requests);
      const { height = 0, width = 0 } = header;
      if (height < 0 || width < 0 || height > 4096 || width > 4096 || (height === 0) !== (width === 0)) {
        throw new InvalidArgumentError(
          `header: expected a height and a width of 1 to 4096, or none, got ${height} × ${width}`,
        );
      }
      const folder = path.join(config.cacheDir, 'uploads');
      return withReceivedFile(folder, readAnnouncement(header.file), chunks, async (file) => {
        const size = height > 0 ? ([height, width] as const) : undefined;
        const seen = await runClassifierProcess({ kind: 'inspect', file, size }, signal);
        return {
          candidates: seen.candidates.map((candidate) => ({ ...candidate })),
          height: seen.size[0],
          width: seen.size[1],
          channelsLast: seen.channelsLast,
          logits: seen.logits,
        };
      });
    },
  );
}
