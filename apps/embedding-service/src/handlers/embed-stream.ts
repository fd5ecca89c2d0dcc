import { statusCodeOf, type EmbedStreamRequest, type EmbedStreamResponse } from '@outsider/contracts';
import { bidiStreaming, reportDefect, type Call } from '@outsider/contracts/server';
import { DomainError, InvalidArgumentError } from '@outsider/domain';
import { status } from '@grpc/grpc-js';
import { mapAsReady } from '../admission/map-as-ready.ts';
import type { Context } from '../context.ts';
import { embedImage } from '../embed-image.ts';

/**
 * EmbedStream: activations of many images, each answered when it is ready. A bad image gives an error for that image.
 * Streams are slowed down instead of refused: all together keep the processor busy and no more, so that a single image
 * does not wait behind a folder of them.
 */
export function embedStream(context: Context) {
  const { streamSlots, streamWindow } = context;

  async function answer({ id, request }: EmbedStreamRequest, call: Call): Promise<EmbedStreamResponse> {
    try {
      if (!request) throw new InvalidArgumentError('request: expected an image, got none', { field: 'request' });
      const release = await streamSlots.take(call.signal);
      try {
        return { id, result: { $case: 'embedding', value: await embedImage(request, call.signal, context) } };
      } finally {
        release();
      }
    } catch (error) {
      return { id, result: { $case: 'error', value: toItemError(error, call) } };
    }
  }

  return bidiStreaming<EmbedStreamRequest, EmbedStreamResponse>('viewer', (requests, call) =>
    mapAsReady(requests, streamWindow, (item) => answer(item, call)),
  );
}

function toItemError(error: unknown, { method, logger }: Call): { code: number; message: string } {
  if (error instanceof DomainError) return { code: statusCodeOf(error), message: error.message };
  return { code: status.INTERNAL, message: reportDefect(error, method, logger) };
}
