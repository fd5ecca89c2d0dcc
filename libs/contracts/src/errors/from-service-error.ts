import { status, type Metadata } from '@grpc/grpc-js';
import {
  AbortedError,
  AlreadyExistsError,
  CancelledError,
  CorruptDataError,
  DomainError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  PermissionDeniedError,
  ResourceExhaustedError,
  UnauthenticatedError,
  UnavailableError,
} from '@outsider/domain';
import { ErrorInfo, RetryInfo } from '../generated/google/rpc/error_details.ts';
import { Status } from '../generated/google/rpc/status.ts';
import { DeadlineExceededError, RemoteFailureError, UnsupportedError } from './remote-errors.ts';
import { detailsKey } from './to-service-status.ts';

type Facts = Record<string, string>;

/**
 * What a call failed with, as the domain error that the service threw: the same class, message and details.
 *
 * Statuses that no service of ours throws on purpose (INTERNAL, UNKNOWN, …) become RemoteFailureError. A domain error
 * is returned as it is.
 */
export function fromServiceError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (!isServiceError(error)) {
    return new RemoteFailureError(error instanceof Error ? error.message : String(error), {}, { cause: error });
  }
  return domainErrorOf(error.code, error.details, factsOf(error.metadata), error);
}

/** A stream's ItemError as a domain error. */
export function fromItemError({ code, message }: { code: number; message: string }): DomainError {
  return domainErrorOf(code, message, {}, undefined);
}

interface ServiceErrorLike {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

function isServiceError(error: unknown): error is ServiceErrorLike {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'number' &&
    'details' in error &&
    typeof error.details === 'string'
  );
}

function domainErrorOf(code: status, message: string, facts: Facts, cause: unknown): DomainError {
  const options = { cause };
  switch (code) {
    case status.INVALID_ARGUMENT:
    case status.OUT_OF_RANGE:
      return new InvalidArgumentError(message, facts, options);
    case status.NOT_FOUND:
      return reworded(new NotFoundError(facts.kind ?? '', facts.id ?? ''), message, facts, cause);
    case status.ALREADY_EXISTS:
      return new AlreadyExistsError(message, facts, options);
    case status.FAILED_PRECONDITION:
      return new FailedPreconditionError(message, facts, options);
    case status.ABORTED:
      return new AbortedError(message, facts, options);
    case status.RESOURCE_EXHAUSTED:
      return new ResourceExhaustedError(message, facts, options);
    case status.UNAUTHENTICATED:
      return new UnauthenticatedError(message, facts, options);
    case status.PERMISSION_DENIED:
      return new PermissionDeniedError(message, facts, options);
    case status.CANCELLED:
      return reworded(new CancelledError(), message, facts, cause);
    case status.DEADLINE_EXCEEDED:
      return new DeadlineExceededError(message, facts, options);
    case status.UNAVAILABLE:
      return new UnavailableError(message, facts, options);
    case status.DATA_LOSS:
      return new CorruptDataError(message, facts, options);
    case status.UNIMPLEMENTED:
      return new UnsupportedError(message, facts, options);
    default:
      return new RemoteFailureError(message, facts, options);
  }
}

/** For classes that write their message themselves: the service has already written it. */
function reworded<E extends DomainError>(error: E, message: string, details: Facts, cause: unknown): E {
  return Object.assign(error, { message, details, cause });
}

function factsOf(metadata: Metadata | undefined): Facts {
  const [bytes] = metadata?.get(detailsKey) ?? [];
  if (!Buffer.isBuffer(bytes)) return {};
  const facts: Facts = {};
  try {
    for (const { typeUrl, value } of Status.decode(bytes).details) {
      if (typeUrl.endsWith('/google.rpc.ErrorInfo')) {
        const info = ErrorInfo.decode(value);
        Object.assign(facts, info.metadata, { reason: info.reason });
      }
      if (typeUrl.endsWith('/google.rpc.RetryInfo')) {
        const { seconds = 0, nanos = 0 } = RetryInfo.decode(value).retryDelay ?? {};
        facts.retryDelayMs = String(seconds * 1000 + nanos / 1e6);
      }
    }
  } catch {
    // Details are extra: a peer that writes them badly has still told its code and message.
  }
  return facts;
}
