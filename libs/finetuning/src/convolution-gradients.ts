import * as tf from '@tensorflow/tfjs';

/** Of the sum of squares of what a convolution with stride 1 and same padding emits: by image, by kernel. */
export function convolutionGradients(x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor[] {
  return tf.grads((image, kernel) =>
    tf.sum(tf.square(tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'))),
  )([x, w]);
}
