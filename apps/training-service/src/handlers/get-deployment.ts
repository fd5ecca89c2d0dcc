import type { GetDeploymentRequest, GetDeploymentResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { parseAlias } from '@outsider/database';
import { toDeploymentMessage } from '../messages/to-deployment-message.ts';

/** GetDeployment: where an alias points now. */
export function getDeployment({ repositories }: Context) {
  return unary<GetDeploymentRequest, GetDeploymentResponse>('viewer', async ({ backbone, alias }) => {
    const request = { backbone: backbone || undefined, alias: parseAlias(alias) };
    return { deployment: toDeploymentMessage(await repositories.deployments.getCurrent(request)) };
  });
}
