import * as tf from '@tensorflow/tfjs';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { selectBackend } from './select-backend.ts';

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

describe('selectBackend', () => {
  it('computes on the WASM backend, with files from node_modules', async () => {
    expect(await selectBackend({ force: 'wasm' })).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
    expect(await selectBackend({ force: 'wasm' })).toBe('wasm');
  });

  it('refuses a name that it does not know', async () => {
    await expect(selectBackend({ force: 'webgl' })).rejects.toThrow(InvalidArgumentError);
  });

  it.skipIf(isInstalled('@tensorflow/tfjs-node-gpu'))(
    'says why a forced backend cannot be used, where it is not installed',
    async () => {
      await expect(selectBackend({ force: 'tfjs-node-gpu' })).rejects.toThrow(FailedPreconditionError);
      await expect(selectBackend({ force: 'tfjs-node-gpu' })).rejects.toThrow('tfjs-node-gpu: ');
    },
  );
});
