import {
  multiplyTransposed,
  transposedMultiply,
  multiply,
  zeros,
  type Float64Matrix,
  type Matrix,
  type Random,
} from '@outsider/linalg';
import { sigmoid } from './logistic-loss.ts';

export type Activation = 'elu' | 'relu' | 'linear';

/** y = activation(weights · x + bias). */
export interface DenseLayer {
  /** Shape [out, in]. */
  readonly weights: Matrix;
  /** Shape [out]. */
  readonly bias: Float32Array | Float64Array;
  readonly activation: Activation;
}

/** A layer that can be trained. */
export interface TrainableLayer extends DenseLayer {
  readonly weights: Float64Matrix;
  readonly bias: Float64Array;
}

/** Weights uniform in ±√(6 / (in + out)), zero bias. @see Glorot and Bengio 2010 */
export function initialiseLayer(
  inputs: number,
  outputs: number,
  activation: Activation,
  random: Random,
): TrainableLayer {
  const limit = Math.sqrt(6 / (inputs + outputs));
  const weights = zeros(outputs, inputs);
  for (let i = 0; i < weights.data.length; i++) weights.data[i] = limit * (2 * random.next() - 1);
  return { weights, bias: new Float64Array(outputs), activation };
}

/** The network's output, shape [n, out]; dropout is for training and not applied. */
export function runNetwork(layers: readonly DenseLayer[], x: Matrix): Matrix {
  return layers.reduce((input: Matrix, layer) => runLayer(layer, input), x);
}

function runLayer({ weights, bias, activation }: DenseLayer, x: Matrix): Float64Matrix {
  const out = multiplyTransposed(x, weights);
  const { data, cols } = out;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] + bias[i % cols];
    data[i] = activation === 'linear' || value > 0 ? value : activation === 'elu' ? Math.expm1(value) : 0;
  }
  return out;
}

/** The loss of a batch and its gradients, in the order of the layers: weights, bias, weights, bias, … */
export interface Backpropagated {
  readonly loss: number;
  readonly gradients: Float64Array[];
}

/**
 * Mean binary cross-entropy of a network with one logit, and its gradients.
 *
 * @param labels 0 or 1, shape [n]
 * @param masks factor for every output of every hidden layer, one matrix [n, out] a layer: 0 drops it
 */
export function backpropagate(
  layers: readonly TrainableLayer[],
  x: Matrix,
  labels: ArrayLike<number>,
  masks: readonly Float64Matrix[] = [],
): Backpropagated {
  const inputs: Matrix[] = [x];
  const activated: Float64Matrix[] = [];
  layers.forEach((layer, l) => {
    const out = runLayer(layer, inputs[l]);
    activated.push(out);
    inputs.push(masks[l] ? { ...out, data: out.data.map((value, i) => value * masks[l].data[i]) } : out);
  });

  const logits = inputs[layers.length];
  let loss = 0;
  let delta = zeros(logits.rows, 1);
  for (let i = 0; i < logits.rows; i++) {
    const logit = logits.data[i];
    loss += (Math.max(0, logit) + Math.log1p(Math.exp(-Math.abs(logit))) - labels[i] * logit) / logits.rows;
    delta.data[i] = (sigmoid(logit) - labels[i]) / logits.rows;
  }

  const gradients: Float64Array[] = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    gradients.unshift(transposedMultiply(delta, inputs[l]).data, columnSums(delta));
    if (l === 0) break;
    delta = multiply(delta, layers[l].weights);
    scaleBySlopes(delta, activated[l - 1], layers[l - 1].activation, masks[l - 1]);
  }
  return { loss, gradients };
}

/** delta ← delta · mask · activation′, where the slope is known from the activated value. */
function scaleBySlopes(
  delta: Float64Matrix,
  activated: Float64Matrix,
  activation: Activation,
  mask?: Float64Matrix,
): void {
  for (let i = 0; i < delta.data.length; i++) {
    const value = activated.data[i];
    const slope = activation === 'linear' || value > 0 ? 1 : activation === 'elu' ? value + 1 : 0;
    delta.data[i] *= slope * (mask ? mask.data[i] : 1);
  }
}

function columnSums({ rows, cols, data }: Float64Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) sums[j] += data[i * cols + j];
  return sums;
}

/** 1 / (1 − rate) where kept, 0 where dropped: the expected output stays the same. */
export function dropoutMask(rows: number, cols: number, rate: number, random: Random): Float64Matrix {
  const mask = zeros(rows, cols);
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = random.next() < rate ? 0 : 1 / (1 - rate);
  return mask;
}
