import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { selectBackend } from '../select-backend.ts';
import { dense, denseOnConstant } from './dense-op.ts';

beforeAll(() => selectBackend({ force: 'wasm' }));

it('has the gradients of its definition', () => {
  const random = seededRandom(1);
  const draw = (rows: number, cols: number) =>
    tf.tensor2d(
      Float32Array.from({ length: rows * cols }, () => random.normal()),
      [rows, cols],
    );
  const [x, kernel, target] = [draw(4, 3), draw(3, 2), draw(4, 2)];
  const bias = tf.tensor1d([0.5, -1]);
  const loss = (output: tf.Tensor) => tf.sum(tf.mul(output, target)) as tf.Scalar;
  const expected = tf.grads((a, k, b) => loss(tf.add(tf.matMul(a as tf.Tensor2D, k as tf.Tensor2D), b)))([
    x,
    kernel,
    bias,
  ]);
  const actual = tf.grads((a, k, b) => loss(dense(a as tf.Tensor2D, k as tf.Tensor2D, b as tf.Tensor1D)))([
    x,
    kernel,
    bias,
  ]);
  const constant = tf.grads((k, b) => loss(denseOnConstant(x, k as tf.Tensor2D, b as tf.Tensor1D)))([kernel, bias]);
  const rounded = (tensor: tf.Tensor) => [...tensor.dataSync()].map((value) => Number(value.toFixed(4)));
  expect(actual.map(rounded)).toEqual(expected.map(rounded));
  expect(constant.map(rounded)).toEqual(expected.slice(1).map(rounded));
});
