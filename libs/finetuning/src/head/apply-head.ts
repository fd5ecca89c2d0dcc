import { multiply, toFloat32, type Matrix } from '@outsider/linalg';
import type { DenseWeights, Head } from './head.ts';

/** What the layers of a head emit for n images. */
export interface HeadActivations {
  /** Shape [n, units]. */
  readonly relevantLayer: Matrix;
  /** Shape [n, classes]. */
  readonly logits: Matrix;
}

/**
 * Runs a head alone, on pooled features: plain arithmetic in float64, no TensorFlow.
 *
 * @param pooled shape [n, features]
 * @throws {ShapeError} when the features are not as wide as the head's input
 */
export function applyHead(pooled: Matrix, { relevantLayer, outputLayer }: Head): HeadActivations {
  const hidden = dense(pooled, relevantLayer);
  for (let i = 0; i < hidden.data.length; i++) hidden.data[i] = elu(hidden.data[i]);
  return { relevantLayer: toFloat32(hidden), logits: toFloat32(dense(hidden, outputLayer)) };
}

function dense(x: Matrix, { kernel, bias }: DenseWeights) {
  const units = bias.length;
  const y = multiply(x, { rows: kernel.length / units, cols: units, data: kernel });
  for (let i = 0; i < y.data.length; i++) y.data[i] += bias[i % units];
  return y;
}

function elu(x: number): number {
  return x > 0 ? x : Math.expm1(x);
}
