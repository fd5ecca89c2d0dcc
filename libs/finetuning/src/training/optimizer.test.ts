import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamW, sgd, type Optimizer, type Variables } from './optimizer.ts';
import { selectBackend } from '../select-backend.ts';

beforeAll(() => selectBackend({ force: 'wasm' }));

/** Three steps with the gradient w itself, from [[1, −2]]. */
function descend(create: (variables: Variables) => Optimizer): number[] {
  const w = tf.variable(tf.tensor2d([[1, -2]]));
  const optimizer = create(new Map([['w', w]]));
  for (let i = 0; i < 3; i++) tf.tidy(() => optimizer.step({ w: w.clone() }, 0.1));
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
    descend((w) => adamW(w, { weightDecay: 0.3 })).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
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
    descend((w) => sgd(w, { momentum: 0.9, weightDecay: 0 })).forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i], 5),
    );
  });

  it('does not shrink biases', () => {
    const bias = tf.variable(tf.tensor1d([4]));
    sgd(new Map([['b', bias]]), { momentum: 0.9, weightDecay: 0.5 }).step({ b: tf.zeros([1]) }, 1);
    expect(bias.dataSync()[0]).toBe(4);
  });
});

describe('the state of an optimizer', () => {
  it.each([
    ['adamW', (w: Variables) => adamW(w, { weightDecay: 0.1 })],
    ['sgd', (w: Variables) => sgd(w, { momentum: 0.9, weightDecay: 0 })],
  ])('lets another %s go on as if nothing had happened', (_, create) => {
    const step = (optimizer: Optimizer, w: tf.Variable) => tf.tidy(() => optimizer.step({ w: w.clone() }, 0.1));
    const [whole, parts] = [tf.variable(tf.tensor2d([[1, -2]])), tf.variable(tf.tensor2d([[1, -2]]))];
    const once = create(new Map([['w', whole]]));
    for (let i = 0; i < 4; i++) step(once, whole);
    const before = create(new Map([['w', parts]]));
    for (let i = 0; i < 2; i++) step(before, parts);
    const after = create(new Map([['w', parts]]));
    after.writeState(before.readState());
    for (let i = 0; i < 2; i++) step(after, parts);
    expect([...parts.dataSync()]).toEqual([...whole.dataSync()]);
  });
});
