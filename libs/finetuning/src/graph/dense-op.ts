import * as tf from '@tensorflow/tfjs';

/**
 * x · kernel + bias, with a gradient that transposes explicitly: the WASM backend multiplies transposed matrices fifty
 * times slower than it transposes and then multiplies them.
 *
 * @param x shape [n, inputs]
 * @param kernel shape [inputs, units]
 * @param bias shape [units]
 */
export function dense(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  return tf.add(multiply(x, kernel), bias);
}

/** Like {@link dense} for inputs that nothing is trained below: no gradient is computed for `x`. */
export function denseOnConstant(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  const product = tf.customGrad((k: tf.Tensor | tf.GradSaveFunc) => ({
    value: tf.matMul(x, k as tf.Tensor2D),
    gradFunc: (dy: tf.Tensor) => tf.matMul(tf.transpose(x), dy as tf.Tensor2D),
  }));
  return tf.add(product(kernel) as tf.Tensor2D, bias);
}

const multiply = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
  const [x, kernel, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
  save([x, kernel]);
  return {
    value: tf.matMul(x, kernel),
    gradFunc: (dy: tf.Tensor, [savedX, savedKernel]: tf.Tensor[]) => [
      tf.matMul(dy as tf.Tensor2D, tf.transpose(savedKernel as tf.Tensor2D)),
      tf.matMul(tf.transpose(savedX as tf.Tensor2D), dy as tf.Tensor2D),
    ],
  };
}) as (x: tf.Tensor2D, kernel: tf.Tensor2D) => tf.Tensor2D;
