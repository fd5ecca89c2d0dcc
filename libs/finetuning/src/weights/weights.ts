import { CorruptDataError, ShapeError } from '@outsider/domain';
import { inferShapes } from '../graph/infer-shapes.ts';
import type { LayerGraph } from '../graph/layer-graph.ts';

export interface WeightTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

/** Keyed `<layer>/<kernel | depthwise_kernel | bias | gamma | beta | moving_mean | moving_variance>`, as Keras names them. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** Every weight that a graph needs, with its shape: conv kernels [height, width, in, out], dense kernels [in, out]. */
export function requiredWeights(graph: LayerGraph): ReadonlyMap<string, readonly number[]> {
  const shapes = inferShapes(graph);
  const required = new Map<string, readonly number[]>();
  for (const layer of graph.layers) {
    const inputShape = shapes.get(layer.inputs[0])!;
    const channels = inputShape[inputShape.length - 1];
    switch (layer.kind) {
      case 'conv':
        required.set(`${layer.name}/kernel`, [...layer.size, channels, layer.filters]);
        if (layer.bias) required.set(`${layer.name}/bias`, [layer.filters]);
        break;
      case 'depthwise-conv':
        required.set(`${layer.name}/depthwise_kernel`, [...layer.size, channels, 1]);
        if (layer.bias) required.set(`${layer.name}/bias`, [channels]);
        break;
      case 'dense':
        required.set(`${layer.name}/kernel`, [channels, layer.units]);
        required.set(`${layer.name}/bias`, [layer.units]);
        break;
      case 'batch-norm':
        if (layer.scale) required.set(`${layer.name}/gamma`, [channels]);
        for (const part of ['beta', 'moving_mean', 'moving_variance'])
          required.set(`${layer.name}/${part}`, [channels]);
        break;
    }
  }
  return required;
}

/**
 * The weights that the graph needs, and no others.
 *
 * @throws {CorruptDataError} when one is missing or holds a number that is not finite
 * @throws {ShapeError} when one has another shape than its layer
 */
export function selectWeights(graph: LayerGraph, weights: Weights): Weights {
  const selected = new Map<string, WeightTensor>();
  for (const [name, shape] of requiredWeights(graph)) {
    const tensor = getWeight(weights, name);
    if (tensor.shape.join() !== shape.join()) throw new ShapeError(`weight "${name}"`, shape, tensor.shape);
    if (!tensor.data.every(Number.isFinite))
      throw new CorruptDataError(`weight "${name}" holds numbers that are not finite`);
    selected.set(name, tensor);
  }
  return selected;
}

/** @throws {CorruptDataError} when there is none of this name */
export function getWeight(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (!tensor) throw new CorruptDataError(`the weights lack "${name}" (they hold ${weights.size} tensors)`);
  return tensor;
}
