import type { Metadata } from '@grpc/grpc-js';
import type { Principal } from '@outsider/domain';

/** The part of a logger that the kit needs; pino fits. */
export interface CallLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** What a handler knows of the call it serves. */
export interface Call {
  /** Such as `/outsider.embedding.v1.EmbeddingService/Embed`. */
  readonly method: string;
  readonly principal: Principal;
  /** Aborted when the caller cancels or goes away, and when the deadline passes. */
  readonly signal: AbortSignal;
  /** The caller's; pass it on to calls made on its behalf. */
  readonly deadline: Date | undefined;
  readonly metadata: Metadata;
  readonly logger: CallLogger;
}

// The gatekeeper is the only writer: a handler that it has not let through finds no call and refuses.
const calls = new WeakMap<Metadata, Call>();

export function admitCall(call: Call): void {
  calls.set(call.metadata, call);
}

/** @throws when the call did not pass the gatekeeper: such a server was not made by `startServer` */
export function admittedCall(metadata: Metadata): Call {
  const call = calls.get(metadata);
  if (!call) throw new Error('this call was not authenticated: serve it with startServer');
  return call;
}
