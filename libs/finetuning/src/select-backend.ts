import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import util from 'node:util';
import { registerWasmGradients } from './graph/wasm-gradients.ts';

/** What TensorFlow.js computes with, fastest first. */
export const backendNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];

/**
 * Makes TensorFlow.js compute on the fastest backend that is installed, or on the one that `force` names.
 *
 * A process keeps the native backend that it loaded first; the WASM backend runs on one core (its threads do not start
 * under Node) with SIMD where the processor has it, from the files in node_modules.
 *
 * @throws {InvalidArgumentError} when `force` is no backend
 * @throws {FailedPreconditionError} when the forced backend does not load
 */
export async function selectBackend({ force }: { readonly force?: string } = {}): Promise<BackendName> {
  if (force !== undefined && !isBackendName(force)) {
    throw new InvalidArgumentError(`no backend "${force}"; there are ${backendNames.join(', ')}`);
  }
  const failures: string[] = [];
  for (const name of force ? [force] : backendNames) {
    try {
      if (name === 'wasm') await useWasm();
      else await useNative(name);
      return name;
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  throw new FailedPreconditionError(`TensorFlow.js has no backend to compute with (${failures.join('; ')})`);
}

function isBackendName(name: string): name is BackendName {
  return (backendNames as readonly string[]).includes(name);
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

/** The packages are optional: importing one that did not install throws. */
async function useNative(name: 'tfjs-node-gpu' | 'tfjs-node'): Promise<void> {
  // tfjs-node 4.22 calls this function, which Node 23 removed (tensorflow/tfjs#8609).
  (util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined ??= (value) => value == null;
  await import(`@tensorflow/${name}`);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('it did not start');
}
