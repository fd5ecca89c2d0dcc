import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamW, sgd } from './optimizer.ts';
import { selectBackend } from './select-backend.ts';

beforeAll(() => selectBackend({ force: 'wasm' }));

/** Three steps with the gradient w itself, from [[1, −2]]. */
function descend(create: typeof adamW, weightDecay: number): number[] {
  const w = tf.variable(tf.tensor2d([[1, -2]]));
  const optimizer = create([w], { weightDecay });
  for (let i = 0; i < 3; i++) tf.tidy(() => optimizer.step({ [w.name]: w.clone() }, 0.1));
  return [...w.dataSync()];
}

describe('adamW', () => {
  it('follows the published algorithm', () => {
    const expected = [1, -2].map((start) => {
      let [w, m, v] = [start, 0, 0];
      for (let t = 1; t <= 3; t++) {
        const g = w;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= 0.1 * 0.3 * w + (0.1 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
      }
      return w;
    });
    descend(adamW, 0.3).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
  });
});

describe('sgd', () => {
  it('follows the published algorithm: the gradient is taken where the momentum leads', () => {
    const expected = [1, -2].map((start) => {
      let [w, v] = [start, 0];
      for (let t = 0; t < 3; t++) {
        const g = w;
        v = 0.9 * v - 0.1 * g;
        w += 0.9 * v - 0.1 * g;
      }
      return w;
    });
    descend(sgd, 0).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });

  it('does not shrink biases', () => {
    const bias = tf.variable(tf.tensor1d([4]));
    sgd([bias], { weightDecay: 0.5 }).step({ [bias.name]: tf.zeros([1]) }, 1);
    expect(bias.dataSync()[0]).toBe(4);
  });
});
