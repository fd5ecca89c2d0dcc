/** What went wrong, in the few words that every transport can map. Only `contracts` turns them into gRPC statuses. */
export type ErrorCode =
  | 'invalid-argument'
  | 'not-found'
  | 'already-exists'
  | 'failed-precondition'
  | 'aborted'
  | 'resource-exhausted'
  | 'unauthenticated'
  | 'permission-denied'
  | 'cancelled'
  | 'unavailable'
  | 'data-loss'
  | 'unsupported';

/** An error whose message is written for the caller: it names what was wrong and what was expected. */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  /** Machine-readable facts, such as `{ reason: 'DETECTOR_BACKBONE_MISMATCH' }`. */
  readonly details: Readonly<Record<string, string>>;

  constructor(message: string, details: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}

/** A value, field or file is not what was asked for. */
export class InvalidArgumentError extends DomainError {
  override name = 'InvalidArgumentError';
  readonly code = 'invalid-argument';
}

/** An array does not have the shape the caller promised. */
export class ShapeError extends DomainError {
  override name = 'ShapeError';
  readonly code = 'invalid-argument';

  constructor(what: string, expected: readonly (number | string)[], actual: readonly (number | string)[]) {
    super(`${what}: expected shape [${expected.join(', ')}], got [${actual.join(', ')}]`);
  }
}

/** There are fewer samples than a method or a guarantee needs. */
export class TooFewSamplesError extends DomainError {
  override name = 'TooFewSamplesError';
  readonly code = 'failed-precondition';

  constructor(what: string, needed: number, given: number) {
    super(`${what}: needs at least ${needed} samples, got ${given} (${needed - given} more are needed)`, {
      reason: 'TOO_FEW_SAMPLES',
      needed: String(needed),
      given: String(given),
    });
  }
}

/** Nothing is stored under this name. */
export class NotFoundError extends DomainError {
  override name = 'NotFoundError';
  readonly code = 'not-found';

  constructor(kind: string, id: string) {
    super(`no ${kind} "${id}"`, { kind, id });
  }
}

/** Something of this name is there already. */
export class AlreadyExistsError extends DomainError {
  override name = 'AlreadyExistsError';
  readonly code = 'already-exists';
}

/** The request is well formed, but the state of the system forbids it. */
export class FailedPreconditionError extends DomainError {
  override name = 'FailedPreconditionError';
  readonly code = 'failed-precondition';
}

/** A detector or an activation belongs to another backbone version than the one asked about. */
export class BackboneMismatchError extends DomainError {
  override name = 'BackboneMismatchError';
  readonly code = 'failed-precondition';

  constructor(what: string, expected: string, actual: string) {
    super(`${what} belongs to backbone version ${actual}, expected ${expected}`, {
      reason: 'DETECTOR_BACKBONE_MISMATCH',
      expected,
      actual,
    });
  }
}

/** Somebody else got there first: a stale etag, or the same work already under way. */
export class AbortedError extends DomainError {
  override name = 'AbortedError';
  readonly code = 'aborted';
}

/** A queue or a size limit is full. */
export class ResourceExhaustedError extends DomainError {
  override name = 'ResourceExhaustedError';
  readonly code = 'resource-exhausted';
}

/** No token, or one that is unknown, revoked or expired. */
export class UnauthenticatedError extends DomainError {
  override name = 'UnauthenticatedError';
  readonly code = 'unauthenticated';
}

/** The caller is known, but its role does not allow this. */
export class PermissionDeniedError extends DomainError {
  override name = 'PermissionDeniedError';
  readonly code = 'permission-denied';
}

/** The caller, or a person, asked for the work to stop. */
export class CancelledError extends DomainError {
  override name = 'CancelledError';
  readonly code = 'cancelled';

  constructor(what = 'the work') {
    super(`${what} was cancelled`);
  }
}

/** Try again later: starting, draining, or the store cannot be reached. */
export class UnavailableError extends DomainError {
  override name = 'UnavailableError';
  readonly code = 'unavailable';
}

/** Stored bytes are not what their digest says. */
export class CorruptDataError extends DomainError {
  override name = 'CorruptDataError';
  readonly code = 'data-loss';
}
