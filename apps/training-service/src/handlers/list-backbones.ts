import type { ListBackbonesRequest, ListBackbonesResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import type { Context } from '../context.ts';
import { toBackboneMessage } from '../messages/to-backbone-message.ts';

/** ListBackbones: a page, by name. */
export function listBackbones({ repositories }: Context) {
  return unary<ListBackbonesRequest, ListBackbonesResponse>('viewer', async (request) => {
    const { items, nextPageToken } = await repositories.backbones.list(request);
    return { backbones: items.map(toBackboneMessage), nextPageToken };
  });
}
