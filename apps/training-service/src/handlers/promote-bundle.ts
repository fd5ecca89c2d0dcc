import type { PromoteBundleRequest, PromoteBundleResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { parseAlias } from '@outsider/database';
import { toDeploymentMessage } from '../messages/to-deployment-message.ts';

/** PromoteBundle: appends to the alias' history. */
export function promoteBundle({ repositories }: Context) {
  return unary<PromoteBundleRequest, PromoteBundleResponse>(
    'operator',
    async ({ bundleId, alias, reason }, { principal }) => {
      const promotion = { bundleId, alias: parseAlias(alias), reason };
      return { deployment: toDeploymentMessage(await repositories.deployments.promote(promotion, principal.name)) };
    },
  );
}
