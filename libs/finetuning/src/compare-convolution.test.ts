import { beforeAll, describe, expect, it } from 'vitest';
import { compareConvolution } from './compare-convolution.ts';
import { measureSpeed } from './measure-speed.ts';
import { selectBackend } from './select-backend.ts';

beforeAll(() => selectBackend({ force: 'wasm' }));

describe('compareConvolution', () => {
  it('finds the WASM backend right', () => {
    const { convolution, gradients } = compareConvolution();
    expect(convolution).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-5);
  });
});

describe('measureSpeed', () => {
  it('is a speed that a processor has', () => {
    const { forwardGigaflops, trainingGigaflops } = measureSpeed({ batch: 1, repetitions: 1 });
    for (const speed of [forwardGigaflops, trainingGigaflops]) {
      expect(speed).toBeGreaterThan(0.05);
      expect(speed).toBeLessThan(1e6);
    }
  });
});
