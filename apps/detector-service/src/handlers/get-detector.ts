import type { GetDetectorRequest, GetDetectorResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toDetectorMessage } from '../messages/detector-message.ts';

/** GetDetector: one detector with its figures and its threshold in force. */
export function getDetector({ repositories: { detectors } }: Context) {
  return unary<GetDetectorRequest, GetDetectorResponse>('viewer', async ({ detectorId }) => ({
    detector: toDetectorMessage(await detectors.get(detectorId)),
  }));
}
