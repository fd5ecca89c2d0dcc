import { DomainError } from '@outsider/domain';

/** Another service failed for a reason of its own; its log has more under the id in the message. Do not retry. */
export class RemoteFailureError extends DomainError {
  override name = 'RemoteFailureError';
  readonly code = 'unavailable';
}

/** The service does not offer this. */
export class UnsupportedError extends DomainError {
  override name = 'UnsupportedError';
  readonly code = 'unsupported';
}

/** The answer did not come before the call's deadline. */
export class DeadlineExceededError extends DomainError {
  override name = 'DeadlineExceededError';
  readonly code = 'unavailable';
}
