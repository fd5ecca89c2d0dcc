import { Client, Metadata, type CallOptions as GrpcCallOptions } from '@grpc/grpc-js';
import { Writable } from 'node:stream';
import { UnavailableError, type DomainError } from '@outsider/domain';
import { fromServiceError } from '../errors/from-service-error.ts';
import { defaultMaxMessageBytes, type ClientTls } from '../tls.ts';
import { channelCredentials } from './channel-credentials.ts';
import { receiveAll } from './receive-all.ts';
import { sendAll } from './send-all.ts';
import type { CallOptions, MethodDefinition, Requests, ServiceMethods, TypedClient } from './typed-client.ts';

export interface ClientSettings {
  /** Sent with every call. */
  readonly token: string;
  readonly tls?: ClientTls;
  /** For calls with one request and one answer. Default 30 s. */
  readonly deadlineMs?: number;
  /** For calls that stream either way. Default 1 h: long ones must be ready to resume. */
  readonly streamDeadlineMs?: number;
  readonly maxMessageBytes?: number;
}

/**
 * A client of one service with promises for single answers and async iterables for streams.
 *
 * A stream is pulled: nothing is read ahead of the consumer but a few messages, requests are taken from their iterable
 * only as fast as the server reads, and leaving a `for await` early cancels the call.
 *
 * @param service the generated client class, such as EmbeddingServiceClient
 * @param address `host:port`
 */
export function createClient<Methods extends ServiceMethods>(
  service: { readonly service: Methods },
  address: string,
  settings: ClientSettings,
): TypedClient<Methods> {
  const { deadlineMs = 30_000, streamDeadlineMs = 3_600_000, maxMessageBytes = defaultMaxMessageBytes } = settings;
  const client = new Client(address, channelCredentials(settings.tls), {
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5_000,
    // Clients of one address would otherwise share a connection, and one's `close` its fate.
    'grpc.use_local_subchannel_pool': 1,
  });

  function metadataOf(options: CallOptions): Metadata {
    const metadata = options.metadata?.clone() ?? new Metadata();
    metadata.set('authorization', `Bearer ${settings.token}`);
    return metadata;
  }

  function toDomainError(error: unknown): DomainError {
    const failure = fromServiceError(error);
    // What grpc-js says then is about its own connection attempts.
    if (failure instanceof UnavailableError && failure.message.startsWith('No connection established')) {
      return new UnavailableError(`no service answers at ${address}`, failure.details, { cause: error });
    }
    return failure;
  }

  const methods = Object.entries(service.service).map(([name, method]) => {
    const defaultMs = method.requestStream || method.responseStream ? streamDeadlineMs : deadlineMs;
    const call = (input: unknown, options: CallOptions = {}): unknown =>
      start(client, method, input, metadataOf(options), deadlineOf(options, defaultMs), options.signal, toDomainError);
    return [name, call] as const;
  });
  return { ...Object.fromEntries(methods), close: () => client.close() } as TypedClient<Methods>;
}

function deadlineOf(options: CallOptions, defaultMs: number): GrpcCallOptions {
  const own = Date.now() + (options.deadlineMs ?? defaultMs);
  return { deadline: Math.min(own, options.deadline?.getTime() ?? Infinity) };
}

function start(
  client: Client,
  method: MethodDefinition,
  input: unknown,
  metadata: Metadata,
  deadline: GrpcCallOptions,
  signal: AbortSignal | undefined,
  toDomainError: (error: unknown) => DomainError,
): Promise<unknown> | AsyncIterable<unknown> {
  const { path, requestSerialize, responseDeserialize } = method;
  if (method.responseStream) {
    return receiveAll(
      () => {
        if (!method.requestStream) {
          return {
            call: client.makeServerStreamRequest(
              path,
              requestSerialize,
              responseDeserialize,
              input,
              metadata,
              deadline,
            ),
          };
        }
        const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, deadline);
        return { call, sent: sendAll(call, input as Requests<unknown>) };
      },
      signal,
      toDomainError,
    );
  }
  return new Promise((resolve, reject) => {
    const settle = (error: unknown, response?: unknown): void => {
      signal?.removeEventListener('abort', cancel);
      if (error) reject(toDomainError(error));
      else resolve(response);
    };
    const call = method.requestStream
      ? client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, deadline, settle)
      : client.makeUnaryRequest(path, requestSerialize, responseDeserialize, input, metadata, deadline, settle);
    function cancel(): void {
      call.cancel();
    }
    if (call instanceof Writable) {
      sendAll(call, input as Requests<unknown>).catch((error: unknown) => {
        // The requests themselves could not be made: that, and not the cancellation, is what went wrong.
        settle(error);
        call.cancel();
      });
    }
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}
