import type { Layer } from '@outsider/domain';
import { InvalidArgumentError, ShapeError, TooFewSamplesError } from '@outsider/domain';
import { requireFinite, type Matrix } from '@outsider/linalg';
import type { Activations, FitInput, OutputLayer } from './detector.ts';

/**
 * One layer's activations, checked: present, [n, d] with n, d ≥ 1, and finite.
 *
 * @param cols the width that a fitted model expects
 * @throws {InvalidArgumentError} when the layer is missing, empty or holds NaN or infinity, naming the row
 * @throws {ShapeError} when it is not `cols` wide
 */
export function readLayer(activations: Activations, layer: Layer, cols?: number): Matrix {
  const x = activations.byLayer[layer];
  if (!x) {
    const present = Object.keys(activations.byLayer).join(', ') || 'none';
    throw new InvalidArgumentError(`activations of the layer ${layer} are needed; present: ${present}`);
  }
  if (x.rows < 1 || x.cols < 1) {
    throw new InvalidArgumentError(`${layer}: expected at least one activation, got shape [${x.rows}, ${x.cols}]`);
  }
  if (x.data.length !== x.rows * x.cols) throw new ShapeError(layer, [x.rows, x.cols], [x.data.length]);
  if (cols !== undefined && x.cols !== cols) throw new ShapeError(layer, ['n', cols], [x.rows, x.cols]);
  requireFinite(x, layer);
  return x;
}

/**
 * The in-distribution activations of one layer with labels that fit them.
 *
 * @throws {TooFewSamplesError} when there are fewer than `minimum` rows
 */
export function readFitLayer(input: FitInput, layer: Layer, detector: string, minimum = 2): Matrix {
  const x = readLayer(input.inDistribution, layer);
  if (x.rows < minimum) throw new TooFewSamplesError(detector, minimum, x.rows);
  if (input.labels.length !== x.rows) throw new ShapeError('labels', [x.rows], [input.labels.length]);
  for (const label of input.labels) {
    if (label < 0 || label >= input.classes) {
      throw new InvalidArgumentError(`labels: expected class indices from 0 to ${input.classes - 1}, got ${label}`);
    }
  }
  return x;
}

/**
 * The backbone's output layer, for methods that look at how features are read.
 *
 * @throws {InvalidArgumentError} when it is absent or not finite
 * @throws {ShapeError} when it does not read features of width `cols`
 */
export function readOutputLayer(input: FitInput, cols: number, detector: string): OutputLayer {
  const { outputLayer } = input;
  if (!outputLayer)
    throw new InvalidArgumentError(`${detector}: the backbone's output layer (weights and bias) is needed`);
  const { weights, bias } = outputLayer;
  if (weights.rows !== cols)
    throw new ShapeError('output layer weights', [cols, bias.length], [weights.rows, weights.cols]);
  if (weights.cols !== bias.length || bias.length < 1)
    throw new ShapeError('output layer bias', [weights.cols], [bias.length]);
  requireFinite(weights, 'output layer weights');
  requireFinite({ rows: 1, cols: bias.length, data: bias }, 'output layer bias');
  return outputLayer;
}
