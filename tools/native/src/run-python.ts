import { spawnSync } from 'node:child_process';
import { FailedPreconditionError } from '@outsider/domain';

/**
 * What a Python prints.
 *
 * @throws {FailedPreconditionError} when it does not start or fails: with its last line
 */
export function runPython(python: string, args: readonly string[]): string {
  const { status, signal, stdout, stderr, error } = spawnSync(python, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such program' : error.message;
    throw new FailedPreconditionError(`the Python "${python}" does not start: ${reason}`);
  }
  if (status !== 0) {
    const lastLine = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n').at(-1);
    throw new FailedPreconditionError(`${python} ${signal ? `was ended by ${signal}` : `failed: ${lastLine}`}`);
  }
  return stdout;
}
