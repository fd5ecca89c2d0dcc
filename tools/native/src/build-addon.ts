import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FailedPreconditionError } from '@outsider/domain';
import type { NativeBackendName } from '@outsider/finetuning/backends';
import type { AddonCheck } from './check-addon.ts';
import { compileAddon } from './compile-addon.ts';
import { fetchPackages } from './fetch-packages.ts';
import type { Tensorflow } from './find-tensorflow.ts';
import { lockedPackages, type LockFile } from './locked-packages.ts';

export interface AddonBuild {
  readonly name: NativeBackendName;
  /** Below the repository's root: the addon finds the project's one TensorFlow.js in the folders above. */
  readonly addonsDir: string;
  readonly tensorflow: Tensorflow;
  readonly lockFile: string;
}

/**
 * Fetches the addon's package, compiles it, checks what it computes in a process of its own, and only then puts it
 * where it is looked for.
 *
 * @throws {FailedPreconditionError} when it does not compile or does not compute
 * @throws {UnavailableError | CorruptDataError} when a package cannot be fetched
 */
export async function buildAddon(
  { name, addonsDir, tensorflow, lockFile }: AddonBuild,
  say: (line: string) => void,
): Promise<{ readonly folder: string; readonly check: AddonCheck }> {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as LockFile;
  // Not there yet where TensorFlow's environment was given.
  mkdirSync(addonsDir, { recursive: true });
  const staging = mkdtempSync(path.join(addonsDir, 'building-'));
  try {
    const tree = path.join(staging, name);
    const addon = path.join('node_modules/@tensorflow', name);
    say(`fetching ${name} and what it needs`);
    // A second TensorFlow.js would be another program: tensors of the one are unknown to the other.
    const packages = lockedPackages(lock, `@tensorflow/${name}`, (dependency) => dependency.startsWith('@tensorflow/'));
    await fetchPackages(packages, tree, path.join(addonsDir, 'archives'));

    say('compiling');
    const headers = createRequire(import.meta.url).resolve('node-api-headers/package.json');
    compileAddon(
      path.join(tree, addon),
      path.join(path.dirname(headers), 'include'),
      tensorflow,
      process.env['CXX'] ?? 'c++',
    );
    say('checking');
    const check = await checkAddon(name, staging);

    const finished = path.join(addonsDir, name);
    rmSync(finished, { recursive: true, force: true });
    renameSync(tree, finished);
    return { folder: path.join(finished, addon), check };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** In a process of its own, which a broken library may take down. */
function checkAddon(name: NativeBackendName, addonsDir: string): Promise<AddonCheck> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, 'check-addon.ts'), [name, addonsDir], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += String(chunk)));
    child.once('message', (answer: AddonCheck | { readonly failure: string }) =>
      'failure' in answer ? reject(new FailedPreconditionError(answer.failure)) : resolve(answer),
    );
    child.once('error', reject);
    child.once('close', (code, signal) =>
      reject(
        new FailedPreconditionError(
          `the addon was built but does not run: it ended by ${signal ?? `code ${code}`}, ${errors.trim().split('\n').at(-1)}`,
        ),
      ),
    );
  });
}
