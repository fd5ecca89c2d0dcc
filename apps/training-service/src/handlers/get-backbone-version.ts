import type { GetBackboneVersionRequest, GetBackboneVersionResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toBackboneVersionMessage } from '../messages/to-backbone-message.ts';

/** GetBackboneVersion: one version by its digest. */
export function getBackboneVersion({ repositories }: Context) {
  return unary<GetBackboneVersionRequest, GetBackboneVersionResponse>('viewer', async ({ digest }) => ({
    version: toBackboneVersionMessage(await repositories.backbones.getVersion(digest)),
  }));
}
