import type { RollBackDeploymentRequest, RollBackDeploymentResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { parseAlias } from '@outsider/database';
import { toDeploymentMessage } from '../messages/to-deployment-message.ts';

/** RollBackDeployment: appends the bundle that the alias pointed at before. */
export function rollBackDeployment({ repositories }: Context) {
  return unary<RollBackDeploymentRequest, RollBackDeploymentResponse>(
    'operator',
    async ({ backbone, alias, reason }, { principal }) => {
      const request = { backbone, alias: parseAlias(alias), reason };
      return { deployment: toDeploymentMessage(await repositories.deployments.rollBack(request, principal.name)) };
    },
  );
}
