import { inferShapes, samePadding, type ActivationShape } from '../graph/infer-shapes.ts';
import { imageInput, type Activation, type LayerGraph, type LayerSpec } from '../graph/layer-graph.ts';
import { getWeight, type Weights } from '../weights/weights.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/**
 * Writes the layers as ONNX nodes. The images come in as [n, height, width, channels], as decoders and TensorFlow.js
 * have them, and are transposed once: inside, ONNX wants [n, channels, height, width].
 */
export function emitLayers(onnx: OnnxGraph, graph: LayerGraph, weights: Weights): void {
  const shapes = inferShapes(graph);
  const values = new Map([
    [imageInput, onnx.node('Transpose', [imageInput], `${imageInput}_nchw`, { perm: [0, 3, 1, 2] })],
  ]);
  onnx.input(imageInput, graph.inputShape);
  for (const layer of graph.layers) {
    const inputs = layer.inputs.map((name) => values.get(name)!);
    values.set(layer.name, emitLayer(onnx, layer, inputs, shapes.get(layer.inputs[0])!, weights));
  }
  for (const [output, layer] of Object.entries(graph.outputs)) {
    const shape = shapes.get(layer)!;
    // Images go out as they came in, channels last.
    if (shape.length === 3) onnx.node('Transpose', [values.get(layer)!], output, { perm: [0, 2, 3, 1] });
    else onnx.node('Identity', [values.get(layer)!], output);
    onnx.output(output, shape);
  }
}

/** Values carry a prefix, so that a layer may be called like an output. */
const valueOf = (layer: string) => `layer/${layer}`;

function emitLayer(
  onnx: OnnxGraph,
  layer: LayerSpec,
  inputs: string[],
  inputShape: ActivationShape,
  weights: Weights,
): string {
  const { name } = layer;
  const value = valueOf(name);
  const vector = (part: string) => {
    const { shape, data } = getWeight(weights, `${name}/${part}`);
    return onnx.floats(`${name}/${part}`, shape, data);
  };
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv': {
      const depthwise = layer.kind === 'depthwise-conv';
      const kernel = getWeight(weights, `${name}/${depthwise ? 'depthwise_kernel' : 'kernel'}`);
      const [height, width, channels, filters] = kernel.shape;
      const [groups, outer, inner] = depthwise ? [channels, channels, 1] : [1, filters, channels];
      const transposed = depthwise
        ? toChannelsFirst(kernel.data, height * width, 1, channels)
        : toChannelsFirst(kernel.data, height * width, channels, filters);
      const parameters = [onnx.floats(`${name}/kernel`, [outer, inner, height, width], transposed)];
      if (layer.bias) parameters.push(vector('bias'));
      return activated(onnx, value, layer.activation, (output) =>
        onnx.node('Conv', [...inputs, ...parameters], output, {
          kernel_shape: layer.size,
          ...windowOf(layer, inputShape),
          group: groups,
        }),
      );
    }
    case 'dense':
      return activated(onnx, value, layer.activation, (output) =>
        onnx.node('Gemm', [...inputs, vector('kernel'), vector('bias')], output),
      );
    case 'batch-norm': {
      const channels = inputShape[inputShape.length - 1];
      const gamma = layer.scale
        ? vector('gamma')
        : onnx.floats(`${name}/gamma`, [channels], new Float32Array(channels).fill(1));
      const parameters = [gamma, vector('beta'), vector('moving_mean'), vector('moving_variance')];
      return onnx.node('BatchNormalization', [...inputs, ...parameters], value, { epsilon: layer.epsilon });
    }
    case 'activation':
      return emitActivation(onnx, inputs[0], value, layer.activation);
    case 'zero-pad': {
      const [[top, bottom], [left, right]] = layer.padding;
      return onnx.node(
        'Pad',
        [...inputs, onnx.integers(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right])],
        value,
      );
    }
    case 'max-pool':
      return onnx.node('MaxPool', inputs, value, { kernel_shape: layer.size, ...windowOf(layer, inputShape) });
    case 'average-pool':
      return onnx.node('AveragePool', inputs, value, {
        kernel_shape: layer.size,
        ...windowOf(layer, inputShape),
        count_include_pad: 0,
      });
    case 'add':
      return inputs
        .slice(1)
        .reduce(
          (sum, input, i) => onnx.node('Add', [sum, input], i === inputs.length - 2 ? value : `${value}_${i}`),
          inputs[0],
        );
    case 'concat':
      return onnx.node('Concat', inputs, value, { axis: 1 });
    case 'global-average-pool':
      return onnx.node('Flatten', [onnx.node('GlobalAveragePool', inputs, `${value}_nchw`)], value, { axis: 1 });
    case 'flatten':
      return onnx.node('Flatten', [onnx.node('Transpose', inputs, `${value}_nhwc`, { perm: [0, 2, 3, 1] })], value, {
        axis: 1,
      });
  }
}

type Windowed = Extract<LayerSpec, { size: readonly [number, number] }>;

function windowOf(layer: Windowed, [height, width]: ActivationShape): { strides: readonly number[]; pads: number[] } {
  if (layer.padding === 'valid') return { strides: layer.stride, pads: [0, 0, 0, 0] };
  const [top, bottom] = samePadding(height, layer.size[0], layer.stride[0]);
  const [left, right] = samePadding(width, layer.size[1], layer.stride[1]);
  return { strides: layer.stride, pads: [top, left, bottom, right] };
}

function activated(
  onnx: OnnxGraph,
  value: string,
  activation: Activation,
  emitSums: (output: string) => string,
): string {
  if (activation === 'linear') return emitSums(value);
  return emitActivation(onnx, emitSums(`${value}_sums`), value, activation);
}

function emitActivation(onnx: OnnxGraph, input: string, value: string, activation: Activation): string {
  switch (activation) {
    case 'linear':
      return onnx.node('Identity', [input], value);
    case 'relu':
      return onnx.node('Relu', [input], value);
    case 'relu6': {
      const limits = [
        onnx.floats(`${value}/min`, [], Float32Array.of(0)),
        onnx.floats(`${value}/max`, [], Float32Array.of(6)),
      ];
      return onnx.node('Clip', [input, ...limits], value);
    }
    case 'elu':
      return onnx.node('Elu', [input], value);
  }
}

/** [positions, inner, outer] → [outer, inner, positions]. */
function toChannelsFirst(kernel: Float32Array, positions: number, inner: number, outer: number): Float32Array {
  const transposed = new Float32Array(kernel.length);
  let from = 0;
  for (let p = 0; p < positions; p++) {
    for (let i = 0; i < inner; i++) {
      for (let o = 0; o < outer; o++) transposed[(o * inner + i) * positions + p] = kernel[from++];
    }
  }
  return transposed;
}
