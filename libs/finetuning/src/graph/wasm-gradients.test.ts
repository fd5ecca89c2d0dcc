import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { selectBackend } from '../select-backend.ts';

type Shape = [number, number, number, number];
type Case = readonly [string, input: Shape, filter: Shape, stride: number, pad: 'same' | 'valid'];

const random = seededRandom(1);

/** What TensorFlow.js' own CPU backend, written independently and in plain loops, makes of it. */
async function onBackend(name: string, compute: () => tf.Tensor): Promise<Float32Array> {
  await tf.setBackend(name);
  return tf.tidy(() => compute().dataSync<'float32'>().slice());
}

function values(shape: Shape): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
}

function largestRelativeDifference(actual: Float32Array, expected: Float32Array): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]))) / scale;
}

async function expectSame(compute: () => tf.Tensor): Promise<void> {
  const actual = await onBackend('wasm', compute);
  const expected = await onBackend('cpu', compute);
  expect(actual.length).toBe(expected.length);
  expect(largestRelativeDifference(actual, expected)).toBeLessThan(1e-5);
}

beforeAll(() => selectBackend({ force: 'wasm' }));
afterAll(() => void tf.setBackend('wasm'));

describe('gradients composed for the WASM backend', () => {
  it.each<Case>([
    ['3 × 3', [2, 7, 6, 3], [3, 3, 3, 4], 1, 'same'],
    ['3 × 3, valid', [2, 7, 6, 3], [3, 3, 3, 4], 1, 'valid'],
    ['3 × 3, stride 2', [2, 8, 7, 3], [3, 3, 3, 4], 2, 'same'],
    ['3 × 3, stride 2, valid, pixels left over', [2, 8, 8, 3], [3, 3, 3, 4], 2, 'valid'],
    ['1 × 7', [1, 9, 9, 2], [1, 7, 2, 3], 1, 'same'],
    ['1 × 1', [2, 5, 5, 3], [1, 1, 3, 4], 1, 'valid'],
    ['1 × 1, stride 2', [2, 5, 6, 3], [1, 1, 3, 4], 2, 'valid'],
  ])('convolution, kernel %s', async (_, input, filter, stride, pad) => {
    const [x, w] = [values(input), values(filter)];
    await expectSame(() =>
      tf.grad((k) => weigh(tf.conv2d(tf.tensor4d(x, input), k as tf.Tensor4D, stride, pad)))(tf.tensor4d(w, filter)),
    );
  });

  it.each<Case>([
    ['3 × 3', [2, 7, 6, 3], [3, 3, 3, 1], 1, 'same'],
    ['3 × 3, stride 2', [2, 8, 7, 3], [3, 3, 3, 1], 2, 'same'],
    ['3 × 3, stride 2, valid, pixels left over', [2, 8, 8, 3], [3, 3, 3, 1], 2, 'valid'],
  ])('depthwise convolution, %s', async (_, input, filter, stride, pad) => {
    const [x, w] = [values(input), values(filter)];
    await expectSame(() =>
      tf.grad((k) => weigh(tf.depthwiseConv2d(tf.tensor4d(x, input), k as tf.Tensor4D, stride, pad)))(
        tf.tensor4d(w, filter),
      ),
    );
    await expectSame(() =>
      tf.grad((i) => weigh(tf.depthwiseConv2d(i as tf.Tensor4D, tf.tensor4d(w, filter), stride, pad)))(
        tf.tensor4d(x, input),
      ),
    );
  });
});

/** A scalar whose derivative differs from output to output. */
function weigh(y: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(y, tf.cos(tf.reshape(tf.range(0, y.size), y.shape))));
}
