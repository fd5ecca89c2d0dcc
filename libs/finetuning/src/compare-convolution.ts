import * as tf from '@tensorflow/tfjs';
import { convolutionGradients } from './convolution-gradients.ts';

/** Largest differences to the definition, each relative to the largest value. */
export interface ConvolutionErrors {
  readonly convolution: number;
  /** Of the gradients of the sum of squares, by image and by kernel. */
  readonly gradients: number;
}

const [side, inputs, filters, size] = [6, 2, 3, 3];

/**
 * Does the selected backend compute a convolution and its gradients right?
 *
 * Zeros around the image, stride 1: position (y, x) of the sums reads rows y − 1 … y + 1. The loops over the definition
 * are in float64.
 */
export function compareConvolution(): ConvolutionErrors {
  const image = Float32Array.from({ length: side * side * inputs }, (_, i) => Math.sin(1 + 3 * i));
  const kernel = Float32Array.from({ length: size * size * inputs * filters }, (_, i) => Math.cos(2 + 5 * i));
  const sums = new Float64Array(side * side * filters);
  forEachTerm((at, pixel, tap) => (sums[at] += image[pixel] * kernel[tap]));
  const byImage = new Float64Array(image.length);
  const byKernel = new Float64Array(kernel.length);
  forEachTerm((at, pixel, tap) => {
    byImage[pixel] += 2 * sums[at] * kernel[tap];
    byKernel[tap] += 2 * sums[at] * image[pixel];
  });
  return tf.tidy(() => {
    const x = tf.tensor4d(image, [1, side, side, inputs]);
    const w = tf.tensor4d(kernel, [size, size, inputs, filters]);
    const gradients = convolutionGradients(x, w).map((gradient) => gradient.dataSync());
    return {
      convolution: relativeError(tf.conv2d(x, w, 1, 'same').dataSync(), sums),
      gradients: Math.max(relativeError(gradients[0], byImage), relativeError(gradients[1], byKernel)),
    };
  });
}

/** Calls back with the flat positions of every product that enters a sum: of the sum, the pixel, the kernel's weight. */
function forEachTerm(visit: (at: number, pixel: number, tap: number) => void): void {
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) {
          const [row, column] = [y + i - 1, x + j - 1];
          if (row < 0 || column < 0 || row >= side || column >= side) continue;
          for (let k = 0; k < inputs; k++)
            for (let f = 0; f < filters; f++)
              visit(
                (y * side + x) * filters + f,
                (row * side + column) * inputs + k,
                ((i * size + j) * inputs + k) * filters + f,
              );
        }
}

function relativeError(actual: ArrayLike<number>, expected: Float64Array): number {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - actual[i])), 0) / scale;
}
