import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { FailedPreconditionError, UnavailableError } from '@outsider/domain';
import { findTensorflow } from './find-tensorflow.ts';
import { runPython } from './run-python.ts';

/** What the addon was tried with. */
export const defaultVersion = '2.21.0';

/**
 * A virtual environment with TensorFlow, made and filled where it is missing.
 *
 * @param folder belongs to this function: what is not a usable environment is made anew
 * @returns its interpreter
 * @throws {FailedPreconditionError} when there is no python3 or it makes no environments
 * @throws {UnavailableError} when pip does not install TensorFlow
 */
export function makeEnvironment(
  folder: string,
  { version = defaultVersion, gpu = false }: { readonly version?: string; readonly gpu?: boolean },
  say: (line: string) => void,
): string {
  const python = path.join(folder, 'bin', 'python');
  if (!existsSync(python)) makeEmpty(folder);
  if (findTensorflow(python)?.version === version) return python;

  const wheel = gpu ? `tensorflow[and-cuda]==${version}` : `${cpuWheel()}==${version}`;
  say(`pip installs ${wheel} into ${folder}; this takes some minutes`);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off', '--quiet', wheel];
  const { status, stderr } = spawnSync(python, pip, { encoding: 'utf8', stdio: ['ignore', 'inherit', 'pipe'] });
  if (status !== 0) {
    const errors = stderr.split('\n').filter((line) => line.startsWith('ERROR: '));
    const reason = (errors.at(-1) ?? stderr.trim().split('\n').at(-1))?.replace('ERROR: ', '');
    const pythonVersion = runPython(python, ['-c', 'import platform; print(platform.python_version())']).trim();
    throw new UnavailableError(
      `pip does not install ${wheel} for Python ${pythonVersion} (${reason}); give a Python that has TensorFlow with --python`,
    );
  }
  return python;
}

function makeEmpty(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  try {
    runPython('python3', ['-m', 'venv', folder]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new FailedPreconditionError(
      `no virtual environment can be made (${(error as Error).message}); install python3 with venv, or give a Python that has TensorFlow with --python`,
    );
  }
}

/** There is a wheel without CUDA for x86-64 only; elsewhere the plain one has none anyway. */
function cpuWheel(): string {
  return process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}
