import { matrix, multiplyTransposed, type Float64Matrix, type Matrix } from '@outsider/linalg';
import type { FitInput } from './detector.ts';
import { readOutputLayer } from './read-activations.ts';

/** The backbone's output layer as models keep it: one row of weights for each class. */
export interface Head {
  /** Shape [classes, d]. */
  readonly weights: Matrix;
  /** Shape [classes]. */
  readonly bias: Float32Array;
}

/**
 * @param cols width of the features that the output layer must read
 * @throws {InvalidArgumentError} when the input has no output layer, or one that is not finite
 * @throws {ShapeError} when it reads features of another width
 */
export function readHead(input: FitInput, cols: number, detector: string): Head {
  const { weights, bias } = readOutputLayer(input, cols, detector);
  const classes = bias.length;
  const transposed = new Float32Array(classes * cols);
  for (let i = 0; i < cols; i++) {
    for (let c = 0; c < classes; c++) transposed[c * cols + i] = weights.data[i * classes + c];
  }
  return { weights: matrix(classes, cols, transposed), bias: Float32Array.from(bias) };
}

/** x · weightsᵀ + bias, shape [n, classes]. */
export function logitsOf({ weights, bias }: Head, x: Matrix): Float64Matrix {
  const logits = multiplyTransposed(x, weights);
  for (let i = 0; i < logits.data.length; i++) logits.data[i] += bias[i % bias.length];
  return logits;
}
