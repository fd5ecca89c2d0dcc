import { DomainError, ResourceExhaustedError, UnavailableError } from '@outsider/domain';

const diskFull = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** What a file system refused, as a domain error; an error of another kind comes back as it is. */
export function storageError(error: unknown, doing: string): unknown {
  const code = errorCode(error);
  if (error instanceof DomainError || code === undefined) return error;
  if (diskFull.has(code)) {
    return new ResourceExhaustedError(
      `disk full while ${doing}: nothing was stored; free some space and try again`,
      { reason: 'DISK_FULL' },
      { cause: error },
    );
  }
  return new UnavailableError(
    `${doing} failed (${(error as Error).message})`,
    { reason: 'STORAGE_FAILED' },
    { cause: error },
  );
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
