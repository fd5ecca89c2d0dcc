import type { ListDeploymentsRequest, ListDeploymentsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toDeploymentMessage } from '../messages/to-deployment-message.ts';

/** ListDeployments: where aliases have pointed, newest first. */
export function listDeployments({ repositories }: Context) {
  return unary<ListDeploymentsRequest, ListDeploymentsResponse>('viewer', async ({ backbone, pageSize, pageToken }) => {
    const page = await repositories.deployments.history({ backbone: backbone || undefined, pageSize, pageToken });
    return { deployments: page.items.map(toDeploymentMessage), nextPageToken: page.nextPageToken };
  });
}
