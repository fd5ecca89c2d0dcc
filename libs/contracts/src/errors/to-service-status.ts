import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { DomainError } from '@outsider/domain';
import { type ErrorCode } from '@outsider/domain';
import type { Any } from '../generated/google/protobuf/any.ts';
import { BadRequest, ErrorInfo, RetryInfo } from '../generated/google/rpc/error_details.ts';
import { Status } from '../generated/google/rpc/status.ts';
import { DeadlineExceededError, RemoteFailureError } from './remote-errors.ts';

export const detailsKey = 'grpc-status-details-bin';
export const errorDomain = 'outsider';

const codes: Record<ErrorCode, status> = {
  'invalid-argument': status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  'failed-precondition': status.FAILED_PRECONDITION,
  aborted: status.ABORTED,
  'resource-exhausted': status.RESOURCE_EXHAUSTED,
  unauthenticated: status.UNAUTHENTICATED,
  'permission-denied': status.PERMISSION_DENIED,
  cancelled: status.CANCELLED,
  unavailable: status.UNAVAILABLE,
  'data-loss': status.DATA_LOSS,
  unsupported: status.UNIMPLEMENTED,
};

// Many clients refuse headers over 8 KiB, and the message travels twice.
const maxMessageLength = 1024;
const maxDetailLength = 256;
const defaultRetryDelayMs = 1000;

/** The number that stands for a domain error in a status and in the `code` of a stream's ItemError. */
export function statusCodeOf(error: DomainError): status {
  if (error instanceof RemoteFailureError) return status.INTERNAL;
  if (error instanceof DeadlineExceededError) return status.DEADLINE_EXCEEDED;
  return codes[error.code];
}

/**
 * A domain error as a gRPC status: the message as it is, and in `grpc-status-details-bin` a google.rpc.Status with
 * ErrorInfo (reason and facts), BadRequest for a bad argument, RetryInfo where trying again later makes sense. A delay
 * other than a second is given in `details.retryDelayMs`; a full queue asks for RetryInfo by giving it.
 *
 * @see https://google.aip.dev/193
 */
export function toServiceStatus(error: DomainError): StatusObject {
  const code = statusCodeOf(error);
  const message = shorten(error.message, maxMessageLength);
  const metadata = new Metadata();
  const rpcStatus = Status.create({ code, message, details: detailsOf(error, message) });
  metadata.set(detailsKey, Buffer.from(Status.encode(rpcStatus).finish()));
  return { code, details: message, metadata };
}

function detailsOf(error: DomainError, message: string): Any[] {
  const { reason = error.code.toUpperCase().replaceAll('-', '_'), retryDelayMs, ...facts } = error.details;
  const metadata = Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, shorten(value, maxDetailLength)]),
  );
  const details = [
    pack('ErrorInfo', ErrorInfo.encode(ErrorInfo.create({ reason, domain: errorDomain, metadata })).finish()),
  ];

  if (error.code === 'invalid-argument') {
    const fieldViolations = [
      { field: facts.field ?? '', description: message, reason: '', localizedMessage: undefined },
    ];
    details.push(pack('BadRequest', BadRequest.encode(BadRequest.create({ fieldViolations })).finish()));
  }
  const transient = error.code === 'unavailable' && !(error instanceof RemoteFailureError);
  if (retryDelayMs !== undefined || transient) {
    const delayMs = Number(retryDelayMs ?? defaultRetryDelayMs);
    const retryDelay = { seconds: Math.floor(delayMs / 1000), nanos: Math.round(delayMs % 1000) * 1_000_000 };
    details.push(pack('RetryInfo', RetryInfo.encode(RetryInfo.create({ retryDelay })).finish()));
  }
  return details;
}

function pack(type: string, value: Uint8Array): Any {
  return { typeUrl: `type.googleapis.com/google.rpc.${type}`, value: Buffer.from(value) };
}

function shorten(text: string, maxLength: number): string {
  const valid = wellFormed(text);
  return valid.length <= maxLength ? valid : wellFormed(`${valid.slice(0, maxLength - 1)}…`);
}

/** grpc-js throws on a lone surrogate: UTF-8 has none. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
