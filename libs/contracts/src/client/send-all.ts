import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Requests } from './typed-client.ts';

/**
 * Writes every request and ends the stream, taking the next one only when the last ones have left.
 *
 * Resolves early when the call ends first (the call itself says why); rejects only with what `requests` throws.
 */
export async function sendAll(call: Writable, requests: Requests<unknown>): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  for (const event of ['close', 'error', 'status']) call.once(event, end);
  for await (const request of requests) {
    if (ended.signal.aborted || call.destroyed) return;
    if (!call.write(request)) await once(call, 'drain', { signal: ended.signal }).catch(() => undefined);
  }
  if (!ended.signal.aborted) call.end();
}
