import type { CreateBundleRequest, CreateBundleResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toBundleMessage } from '../messages/to-deployment-message.ts';

/** CreateBundle: binds a threshold to its detector and its backbone version; a mixture is refused. */
export function createBundle({ repositories }: Context) {
  return unary<CreateBundleRequest, CreateBundleResponse>('operator', async (request, { principal }) => ({
    bundle: toBundleMessage(await repositories.deployments.createBundle(request, principal.name)),
  }));
}
