import * as tf from '@tensorflow/tfjs';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import type { NativeBackendName } from './backend-names.ts';

const require = createRequire(import.meta.url);

/** Where `npm run native:tensorflow` puts what it builds. Below the repository's root: TensorFlow.js is found upward. */
export const builtAddonsDir = join(import.meta.dirname, '../../../.cache/tensorflow');

/** The package of an addon that was built on this machine, whether it is there or not. */
export function builtAddonPackage(name: NativeBackendName, addonsDir: string = builtAddonsDir): string {
  return join(addonsDir, name, 'node_modules/@tensorflow', name);
}

/** The package of an addon, the one built on this machine before the one that npm installed. */
export function findAddon(name: NativeBackendName, addonsDir: string): readonly string[] {
  const packages = [builtAddonPackage(name, addonsDir)];
  try {
    packages.push(dirname(require.resolve(`@tensorflow/${name}/package.json`)));
  } catch {
    // An optional dependency: npm leaves it out when its download failed.
  }
  return packages.filter((folder) => existsSync(join(folder, 'package.json')));
}

/** By package: why it did not load. A second attempt in the same process would register its kernels once more. */
const failed = new Map<string, Error>();

/**
 * Makes TensorFlow.js compute with the addon in a package.
 *
 * @throws what kept it from loading; the same again when asked again
 */
export async function loadAddon(folder: string): Promise<void> {
  const known = failed.get(folder);
  if (known) throw known;
  // tfjs-node 4.22 calls this function, which Node 23 removed (tensorflow/tfjs#8609).
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) => value == null;
  // The library reads it while it loads. 2: errors only.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    require(folder);
    if (!(await tf.setBackend('tensorflow'))) throw new Error('it did not start');
  } catch (error) {
    // Left registered, it would stand in the way of the next addon.
    if (tf.findBackendFactory('tensorflow')) tf.removeBackend('tensorflow');
    failed.set(folder, error as Error);
    throw error;
  }
}

interface NativeBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

function nativeBackend(): NativeBackend | undefined {
  return tf.getBackend() === 'tensorflow' ? (tf.backend() as NativeBackend) : undefined;
}

export function computesOnGpu(): boolean {
  return nativeBackend()?.isUsingGpuDevice ?? false;
}

/** The version of the TensorFlow library that computes; undefined on the WASM backend. */
export function tensorflowVersion(): string | undefined {
  return nativeBackend()?.binding.TF_Version;
}
