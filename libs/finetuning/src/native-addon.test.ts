import * as tf from '@tensorflow/tfjs';
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareConvolution } from './compare-convolution.ts';
import { builtAddonPackage, computesOnGpu, tensorflowVersion } from './native-addon.ts';
import { selectBackend } from './select-backend.ts';

const built = existsSync(builtAddonPackage('tfjs-node'));
if (!built) console.log('skipped: no native addon was built on this machine (npm run native:tensorflow)');

describe.skipIf(!built)('a natively built addon', () => {
  beforeAll(() => selectBackend({ force: 'tfjs-node' }));

  it('computes in the TensorFlow.js of this project, with the library that it was built against', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(tensorflowVersion()).toMatch(/^\d+\.\d+\.\d+/);
    expect(computesOnGpu()).toBe(false);
  });

  it('agrees with the definition of a convolution and its gradients', () => {
    const { convolution, gradients } = compareConvolution();
    expect(convolution).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });

  it('can be left for the WASM backend and taken up again', async () => {
    expect(await selectBackend({ force: 'wasm' })).toBe('wasm');
    expect(tensorflowVersion()).toBeUndefined();
    expect(await selectBackend({ force: 'tfjs-node' })).toBe('tfjs-node');
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
  });
});
