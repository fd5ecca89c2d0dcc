import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerReadableStream,
} from '@grpc/grpc-js';
import { CancelledError, requireRole, type Role } from '@outsider/domain';
import { admittedCall, type Call } from './call.ts';
import { boundReadAhead, readRequests } from './read-requests.ts';
import { toStatus } from './to-status.ts';
import { writeResponses } from './write-responses.ts';

/** One request, one response. `role` is the least that may call; a DomainError becomes its status. */
export function unary<Request, Response>(
  role: Role,
  handler: (request: Request, call: Call) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
  return function serveUnary({ metadata, request }, respond) {
    answer(admittedCall(metadata), role, respond, (call) => handler(request, call));
  };
}

/** A stream of requests, one response. */
export function clientStreaming<Request, Response>(
  role: Role,
  handler: (requests: AsyncIterable<Request>, call: Call) => Promise<Response>,
): handleClientStreamingCall<Request, Response> {
  return function serveClientStream(stream, respond) {
    boundReadAhead(stream);
    answer(admittedCall(stream.metadata), role, respond, (call) =>
      handler(readRequests<Request>(stream, call.signal), call),
    );
  };
}

/** One request, a stream of responses: an async generator that waits while the caller is slow. */
export function serverStreaming<Request, Response>(
  role: Role,
  handler: (request: Request, call: Call) => AsyncIterable<Response>,
): handleServerStreamingCall<Request, Response> {
  return function serveResponses(stream) {
    const call = admittedCall(stream.metadata);
    void writeResponses(stream, call, () => {
      requireRole(call.principal, role);
      return handler(stream.request, call);
    });
  };
}

/** A stream of requests, a stream of responses, each at its own pace: the next request is read when it is asked for. */
export function bidiStreaming<Request, Response>(
  role: Role,
  handler: (requests: AsyncIterable<Request>, call: Call) => AsyncIterable<Response>,
): handleBidiStreamingCall<Request, Response> {
  return function serveBothStreams(stream: ServerDuplexStream<Request, Response>) {
    boundReadAhead(stream);
    const call = admittedCall(stream.metadata);
    void writeResponses(stream, call, () => {
      requireRole(call.principal, role);
      return handler(
        readRequests<Request>(stream as unknown as ServerReadableStream<Request, Response>, call.signal),
        call,
      );
    });
  };
}

function answer<Response>(
  call: Call,
  role: Role,
  respond: (error: ReturnType<typeof toStatus> | null, response?: Response) => void,
  handler: (call: Call) => Promise<Response> | Response,
): void {
  async function run(): Promise<Response> {
    requireRole(call.principal, role);
    return handler(call);
  }
  run().then(
    (response) => respond(null, response),
    (error: unknown) =>
      respond(toStatus(call.signal.aborted ? new CancelledError('the call') : error, call.method, call.logger)),
  );
}
