import type { EmbedRequest, EmbedResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import { ResourceExhaustedError } from '@outsider/domain';
import type { Context } from '../context.ts';
import { embedImage } from '../embed-image.ts';

/** Embed: one image's activations. Refused at once when too many images are under way. */
export function embed(context: Context) {
  const { unarySlots, config } = context;
  return unary<EmbedRequest, EmbedResponse>('viewer', async (request, { signal }) => {
    const release = unarySlots.tryTake();
    if (!release) {
      throw new ResourceExhaustedError(
        `${config.maxQueue} images are under way, the most that is allowed; try again soon`,
        {
          reason: 'QUEUE_FULL',
          retryDelayMs: '500',
        },
      );
    }
    try {
      return { embedding: await embedImage(request, signal, context) };
    } finally {
      release();
    }
  });
}
