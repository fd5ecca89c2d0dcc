import type { ClientReadableStream } from '@grpc/grpc-js';
import type { DomainError } from '@outsider/domain';

interface Started {
  readonly call: ClientReadableStream<unknown>;
  /** Rejects when the requests could not be made. */
  readonly sent?: Promise<void>;
}

/**
 * The answers of a streaming call, which starts when the first one is asked for. Leaving early cancels the call.
 *
 * @throws {DomainError} from the iteration, when the call fails
 */
export async function* receiveAll(
  start: () => Started,
  signal: AbortSignal | undefined,
  toDomainError: (error: unknown) => DomainError,
): AsyncGenerator<unknown, void, undefined> {
  const { call, sent } = start();
  const cancel = (): void => call.cancel();
  let requestsFailed: { readonly error: unknown } | undefined;
  sent?.catch((error: unknown) => {
    requestsFailed = { error };
    cancel();
  });
  // The iterator reports errors; without a listener one that comes after leaving early would end the process.
  call.on('error', () => undefined);
  if (signal?.aborted) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  try {
    yield* call.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw toDomainError(requestsFailed ? requestsFailed.error : error);
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}
