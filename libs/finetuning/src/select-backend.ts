import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { backendNames, isBackendName, type BackendName, type NativeBackendName } from './backend-names.ts';
import { registerWasmGradients } from './graph/wasm-gradients.ts';
import { builtAddonsDir, computesOnGpu, findAddon, loadAddon } from './native-addon.ts';

export interface SelectBackendOptions {
  /** Use this backend or fail. */
  readonly force?: string;
  /** Told, in a sentence, why an addon that is there is not used. */
  readonly onSkipped?: (reason: string) => void;
  /** Where natively built addons are. */
  readonly addonsDir?: string;
}

/**
 * Makes TensorFlow.js compute on the fastest backend that works here, or on the one that `force` names.
 *
 * Of one name, an addon that `npm run native:tensorflow` built goes before the installed package: it was built on
 * purpose, and two versions of the TensorFlow library in one process do not agree. A process keeps the native backend
 * that it loaded first. The WASM backend runs on one core (its threads do not start under Node) with SIMD where the
 * processor has it, from the files in node_modules.
 *
 * @throws {InvalidArgumentError} when `force` is no backend
 * @throws {FailedPreconditionError} when the forced backend does not load
 */
export async function selectBackend(options: SelectBackendOptions = {}): Promise<BackendName> {
  const { force, addonsDir = builtAddonsDir, onSkipped } = options;
  if (force !== undefined && !isBackendName(force)) {
    throw new InvalidArgumentError(`no backend "${force}"; there are ${backendNames.join(', ')}`);
  }
  // Otherwise it warns of slow backends, and once for every kernel of a second addon.
  tf.enableProdMode();
  const failures: string[] = [];
  for (const name of force ? [force] : backendNames) {
    if (name === 'wasm') {
      try {
        await useWasm();
        return name;
      } catch (error) {
        failures.push(`wasm: ${firstLine(error)}`);
        continue;
      }
    }
    const addons = findAddon(name, addonsDir);
    if (addons.length === 0) failures.push(`${name}: not installed, and none was built (npm run native:tensorflow)`);
    for (const addon of addons) {
      try {
        return await useNative(name, addon, force !== undefined);
      } catch (error) {
        failures.push(`${name}: ${firstLine(error)}`);
        onSkipped?.(`${addon} is not used: ${firstLine(error)}`);
      }
    }
  }
  throw new FailedPreconditionError(`TensorFlow.js has no backend to compute with (${failures.join('; ')})`);
}

async function useWasm(): Promise<void> {
  const require = createRequire(import.meta.url);
  // Setting the paths again after the backend started is refused with a warning.
  if (tf.getBackend() !== 'wasm') {
    setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out') + sep);
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('it did not start');
  registerWasmGradients();
}

/** The GPU addon without a usable GPU is as good as the other one: it computes on the processor, and is called so. */
async function useNative(name: NativeBackendName, addon: string, forced: boolean): Promise<BackendName> {
  if (name === 'tfjs-node-gpu' && !hasGpuDriver()) throw new Error('this machine has no NVIDIA driver');
  await loadAddon(addon);
  if (name === 'tfjs-node' || computesOnGpu()) return name;
  if (forced) throw new Error('TensorFlow finds no GPU that it can use');
  return 'tfjs-node';
}

/** Looked for before the library is loaded, which would stay loaded. Where the answer is not known, true. */
function hasGpuDriver(): boolean {
  return process.platform !== 'linux' || ['/dev/nvidiactl', '/dev/dxg'].some((device) => existsSync(device));
}

function firstLine(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0] : String(error);
}
