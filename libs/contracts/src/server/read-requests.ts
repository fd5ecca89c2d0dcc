import type { ServerReadableStream } from '@grpc/grpc-js';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '@outsider/domain';

// A Node client that cancels ends its half of the stream properly, and resets it right after: half an upload would pass
// for a whole one. Both frames leave together, so a moment tells them apart.
const resetFollowsWithinMs = 10;

/**
 * Lets a stream hold one message that nobody has asked for yet. Node counts messages, not bytes, and would hold 16: with
 * images of 32 MiB that is half a gigabyte for each stream.
 */
export function boundReadAhead(stream: Readable): void {
  const { _readableState: state } = stream as unknown as { _readableState: { highWaterMark: number } };
  state.highWaterMark = 1;
}

/**
 * The requests of a stream; the next is read when it is asked for. Leaving early keeps the call open for responses.
 *
 * @throws {CancelledError} from the iteration, when the call ends before its requests do
 */
export async function* readRequests<Request>(
  stream: ServerReadableStream<Request, unknown>,
  signal: AbortSignal,
): AsyncGenerator<Request, void, undefined> {
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Request>;
  } catch (error) {
    if (!signal.aborted && !stream.destroyed) throw error;
    throw new CancelledError('the call');
  }
  await sleep(resetFollowsWithinMs);
  if (signal.aborted) throw new CancelledError('the call');
}
