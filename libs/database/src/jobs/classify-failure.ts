import { DomainError, type ErrorCode, type FailureClass } from '@outsider/domain';

const inputCodes: readonly ErrorCode[] = [
  'invalid-argument',
  'not-found',
  'already-exists',
  'failed-precondition',
  'unsupported',
];
/** Disk full, memory, quotas, files and connections: the machine's, not ours. */
const machineCodes = /^(ENOSPC|EDQUOT|ENOMEM|EMFILE|ENFILE|EIO|EROFS|ECONN\w+|ETIMEDOUT|EPIPE)$/;

/** Whose fault a failure is, and the sentence that people read. */
export function classifyFailure(cause: unknown): { readonly failureClass: FailureClass; readonly error: string } {
  if (cause instanceof DomainError) {
    return { failureClass: inputCodes.includes(cause.code) ? 'input' : 'infrastructure', error: cause.message };
  }
  if (!(cause instanceof Error)) return { failureClass: 'code', error: String(cause) };
  const code = 'code' in cause ? String(cause.code) : '';
  return { failureClass: machineCodes.test(code) ? 'infrastructure' : 'code', error: cause.message || cause.name };
}
