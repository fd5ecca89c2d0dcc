import { FailedPreconditionError, PermissionDeniedError, UnauthenticatedError } from '@outsider/domain';

/**
 * What the embedding service's refusal of a token means here: the caller's own token is good, it is this service's that
 * is not. Any other error stays as it is.
 */
export function ownTokenRefused(error: unknown): unknown {
  if (!(error instanceof UnauthenticatedError || error instanceof PermissionDeniedError)) return error;
  return new FailedPreconditionError(
    `the embedding service does not accept this service's token (${error.message}); set SERVICE_TOKEN`,
    { reason: 'SERVICE_TOKEN_REFUSED' },
    { cause: error },
  );
}
