import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Call } from './call.ts';
import { toStatus } from './to-status.ts';

/**
 * Sends what the handler yields, waiting for a slow caller, and ends the stream with the handler's status.
 *
 * When the call is cancelled, the handler is asked to finish (`return`) and whatever it still yields or throws is
 * dropped: it must watch `call.signal` wherever it waits.
 */
export async function writeResponses<Response>(
  stream: Writable,
  call: Call,
  handler: () => AsyncIterable<Response>,
): Promise<void> {
  const { signal } = call;
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  let responses: AsyncIterator<Response> | undefined;
  try {
    responses = handler()[Symbol.asyncIterator]();
    for (;;) {
      const next = responses.next();
      const result = await Promise.race([next, aborted]);
      if (result === undefined || signal.aborted) {
        next.catch(() => undefined);
        break;
      }
      if (result.done) {
        stream.end();
        return;
      }
      if (!stream.write(result.value)) await once(stream, 'drain', { signal });
    }
  } catch (error) {
    // grpc-js turns an error event into the status of the call.
    if (!signal.aborted) stream.emit('error', toStatus(error, call.method, call.logger));
  }
  void responses?.return?.().catch(() => undefined);
}
