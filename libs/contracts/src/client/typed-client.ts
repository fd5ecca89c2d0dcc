import type { Metadata } from '@grpc/grpc-js';

/** What ts-proto generates for one method of a service. */
export interface MethodDefinition {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  // A method's own types are narrower than any common one: inferred below, never called through this interface.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly requestSerialize: (value: any) => Buffer;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly responseDeserialize: (bytes: Buffer) => any;
}

export type ServiceMethods = Readonly<Record<string, MethodDefinition>>;

export interface CallOptions {
  /** Aborting cancels the call; the promise or stream then throws CancelledError. */
  readonly signal?: AbortSignal;
  /** From now, in milliseconds; overrides the client's default. */
  readonly deadlineMs?: number;
  /** The caller's own deadline: the earlier of the two counts. */
  readonly deadline?: Date;
  readonly metadata?: Metadata;
}

type Request<M> = M extends { requestSerialize: (value: infer R) => Buffer } ? R : never;
type Response<M> = M extends { responseDeserialize: (bytes: Buffer) => infer R } ? R : never;

export type Requests<R> = AsyncIterable<R> | Iterable<R>;

type ClientMethod<M> = M extends { requestStream: true; responseStream: true }
  ? (requests: Requests<Request<M>>, options?: CallOptions) => AsyncIterable<Response<M>>
  : M extends { requestStream: true }
    ? (requests: Requests<Request<M>>, options?: CallOptions) => Promise<Response<M>>
    : M extends { responseStream: true }
      ? (request: Request<M>, options?: CallOptions) => AsyncIterable<Response<M>>
      : (request: Request<M>, options?: CallOptions) => Promise<Response<M>>;

/** One method for each RPC, and `close`. Every error is a DomainError. */
export type TypedClient<Methods> = { readonly [Name in keyof Methods]: ClientMethod<Methods[Name]> } & {
  /** Ends the connection; calls under way fail. */
  close(): void;
};
