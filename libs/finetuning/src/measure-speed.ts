import * as tf from '@tensorflow/tfjs';
import { convolutionGradients } from './convolution-gradients.ts';

export interface Speed {
  /** Of a 3×3 convolution, 128 → 128 channels, on images of 28×28. */
  readonly forwardGigaflops: number;
  /** The same convolution with both of its gradients. */
  readonly trainingGigaflops: number;
}

/** How fast does the selected backend compute? The fastest of several repetitions counts. */
export function measureSpeed({ batch = 16, repetitions = 10 } = {}): Speed {
  const [width, channels, size] = [28, 128, 3];
  const operations = 2 * batch * width ** 2 * channels ** 2 * size ** 2;
  const x = tf.randomNormal([batch, width, width, channels]) as tf.Tensor4D;
  const w = tf.randomNormal([size, size, channels, channels]) as tf.Tensor4D;
  const forward = fastestMs(repetitions, () => [tf.conv2d(x, w, 1, 'same')]);
  const training = fastestMs(repetitions, () => convolutionGradients(x, w));
  tf.dispose([x, w]);
  return { forwardGigaflops: operations / forward / 1e6, trainingGigaflops: (3 * operations) / training / 1e6 };
}

function fastestMs(repetitions: number, compute: () => tf.Tensor[]): number {
  let fastest = Infinity;
  for (let i = 0; i <= repetitions; i++) {
    const started = performance.now();
    // One number read of each: the work is done when it is there.
    tf.tidy(() => compute().forEach((result) => tf.max(result).dataSync()));
    if (i > 0) fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest;
}
