import { InvalidArgumentError } from '@outsider/domain';
import { imageInput, type LayerGraph, type LayerSpec, type Padding } from './layer-graph.ts';

/** Without the batch: [height, width, channels], or [features] after pooling or flattening. */
export type ActivationShape = readonly number[];

/**
 * The shape of what every layer emits, the image included.
 *
 * @throws {InvalidArgumentError} when a layer reads one that does not precede it, or a shape that it cannot take
 */
export function inferShapes(graph: LayerGraph): ReadonlyMap<string, ActivationShape> {
  const shapes = new Map<string, ActivationShape>([[imageInput, graph.inputShape]]);
  for (const layer of graph.layers) {
    if (shapes.has(layer.name)) throw new InvalidArgumentError(`two layers are called "${layer.name}"`);
    const inputs = layer.inputs.map((name) => {
      const shape = shapes.get(name);
      if (!shape)
        throw new InvalidArgumentError(`layer "${layer.name}" reads "${name}", which no layer before it emits`);
      return shape;
    });
    shapes.set(layer.name, outputShape(layer, inputs));
  }
  for (const [output, layer] of Object.entries(graph.outputs)) {
    if (!shapes.has(layer))
      throw new InvalidArgumentError(`output "${output}" is layer "${layer}", which does not exist`);
  }
  return shapes;
}

/** How many zeros `same` padding adds before and after one side of `length` pixels. */
export function samePadding(length: number, size: number, stride: number): [before: number, after: number] {
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + size - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

function outputShape(layer: LayerSpec, inputs: readonly ActivationShape[]): ActivationShape {
  const [shape] = inputs;
  switch (layer.kind) {
    case 'dense':
      if (shape.length !== 1) throw wrongRank(layer, shape, 'a vector');
      return [layer.units];
    case 'activation':
    case 'batch-norm':
      return shape;
    case 'flatten':
      return [shape.reduce((product, side) => product * side, 1)];
    case 'add':
      if (inputs.some((other) => other.join() !== shape.join())) {
        throw new InvalidArgumentError(
          `layer "${layer.name}" adds shapes ${inputs.map((s) => `[${s.join(', ')}]`).join(' and ')}`,
        );
      }
      return shape;
  }
  if (shape.length !== 3) throw wrongRank(layer, shape, 'an image');
  const [height, width, channels] = shape;
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv':
    case 'max-pool':
    case 'average-pool':
      return [
        windows(height, layer.size[0], layer.stride[0], layer.padding),
        windows(width, layer.size[1], layer.stride[1], layer.padding),
        layer.kind === 'conv' ? layer.filters : channels,
      ];
    case 'zero-pad': {
      const [[top, bottom], [left, right]] = layer.padding;
      return [height + top + bottom, width + left + right, channels];
    }
    case 'concat':
      if (inputs.some((other) => other[0] !== height || other[1] !== width)) {
        throw new InvalidArgumentError(`layer "${layer.name}" joins images of different sizes`);
      }
      return [height, width, inputs.reduce((sum, other) => sum + other[2], 0)];
    case 'global-average-pool':
      return [channels];
  }
}

function windows(length: number, size: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1;
}

function wrongRank(layer: LayerSpec, shape: ActivationShape, expected: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `layer "${layer.name}" (${layer.kind}) needs ${expected}, got shape [${shape.join(', ')}]`,
  );
}
