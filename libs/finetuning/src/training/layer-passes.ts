import * as tf from '@tensorflow/tfjs';
import type { Activation, LayerSpec } from '../graph/layer-graph.ts';
import { activate, applyWeightless } from '../graph/weightless-layers.ts';
import { runNative } from './run-native.ts';
import { sumRows, type EffectiveWeights } from './trained-weights.ts';

/** What one layer hands back to the ones before it. */
export interface LayerGradients {
  /** By input; absent where nobody asked. */
  readonly inputs: readonly (tf.Tensor | undefined)[];
  readonly kernel?: tf.Tensor;
  readonly bias?: tf.Tensor1D;
}

/** One layer's output. `weights` for layers that have any. */
export function forwardLayer(layer: LayerSpec, inputs: readonly tf.Tensor[], weights?: EffectiveWeights): tf.Tensor {
  const [x] = inputs;
  const image = x as tf.Tensor4D;
  switch (layer.kind) {
    case 'conv':
      return tf.fused.conv2d({
        x: image,
        filter: weights!.kernel as tf.Tensor4D,
        strides: [...layer.stride],
        pad: layer.padding,
        ...(weights!.bias && { bias: weights!.bias }),
        activation: layer.activation,
      });
    case 'depthwise-conv': {
      const sums = tf.depthwiseConv2d(image, weights!.kernel as tf.Tensor4D, [...layer.stride], layer.padding);
      return activate(weights!.bias ? tf.add(sums, weights!.bias) : sums, layer.activation);
    }
    case 'dense':
      return activate(
        tf.add(tf.matMul(x as tf.Tensor2D, weights!.kernel as tf.Tensor2D), weights!.bias!),
        layer.activation,
      );
    case 'batch-norm':
      return tf.add(tf.mul(x, weights!.kernel), weights!.bias!);
    default:
      return applyWeightless(layer, inputs);
  }
}

/**
 * One layer's gradients, from that of its output.
 *
 * @param y what the layer emitted: gradients of activations are told from it, so that their inputs need not be kept
 * @param wanted by input, whether anything before it is trained
 */
export function backwardLayer(
  layer: LayerSpec,
  inputs: readonly tf.Tensor[],
  y: tf.Tensor,
  dy: tf.Tensor,
  wanted: readonly boolean[],
  weights?: EffectiveWeights,
): LayerGradients {
  const [x] = inputs;
  const run = (kernelName: string, tensors: tf.NamedTensorMap, attributes: object) =>
    tf.engine().runKernel(kernelName, tensors, attributes as tf.NamedAttrMap) as tf.Tensor;
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv': {
      const sums = activationGradient(y, dy, layer.activation);
      const window = { strides: [...layer.stride], pad: layer.padding, dataFormat: 'NHWC', dilations: [1, 1] };
      const [onInput, onFilter] =
        layer.kind === 'conv'
          ? ['Conv2DBackpropInput', 'Conv2DBackpropFilter']
          : ['DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter'];
      const filter = weights!.kernel;
      return {
        inputs: [wanted[0] ? run(onInput, { dy: sums, filter }, { ...window, inputShape: x.shape }) : undefined],
        kernel: run(onFilter, { x, dy: sums }, { ...window, filterShape: filter.shape }),
        bias: weights!.bias && sumRows(tf.reshape(sums, [-1, sums.shape[3]!])),
      };
    }
    case 'dense': {
      const sums = activationGradient(y, dy, layer.activation) as tf.Tensor2D;
      return {
        inputs: [wanted[0] ? multiply(sums, weights!.kernel as tf.Tensor2D, false, true) : undefined],
        kernel: multiply(x as tf.Tensor2D, sums, true, false),
        bias: sumRows(sums),
      };
    }
    case 'batch-norm': {
      const channels = y.shape[y.rank - 1]!;
      return {
        inputs: [wanted[0] ? tf.mul(dy, weights!.kernel) : undefined],
        kernel: sumRows(tf.reshape(tf.mul(dy, x), [-1, channels])),
        bias: sumRows(tf.reshape(dy, [-1, channels])),
      };
    }
    case 'activation':
      return { inputs: [activationGradient(y, dy, layer.activation)] };
    case 'zero-pad': {
      const [[top], [left]] = layer.padding;
      return { inputs: [tf.slice(dy, [0, top, left, 0], x.shape)] };
    }
    case 'max-pool':
    case 'average-pool': {
      const window = { filterSize: [...layer.size], strides: [...layer.stride], pad: layer.padding };
      return {
        inputs: [
          layer.kind === 'max-pool'
            ? run('MaxPoolGrad', { dy, input: x, output: y }, window)
            : run('AvgPoolGrad', { dy, input: x }, window),
        ],
      };
    }
    case 'add':
      return { inputs: inputs.map((_, i) => (wanted[i] ? dy.clone() : undefined)) };
    case 'concat': {
      let first = 0;
      return {
        inputs: inputs.map((input, i) => {
          const begin = first;
          first += input.shape[3]!;
          return wanted[i] ? tf.slice(dy, [0, 0, 0, begin], input.shape) : undefined;
        }),
      };
    }
    case 'global-average-pool': {
      const [n, height, width, channels] = x.shape as [number, number, number, number];
      const share = tf.reshape(tf.div(dy, height * width), [n, 1, 1, channels]);
      return { inputs: [tf.broadcastTo(share, x.shape)] };
    }
    case 'flatten':
      return { inputs: [tf.reshape(dy, x.shape)] };
  }
}

/** Whether {@link backwardLayer} reads the layer's inputs, or nothing but their shapes. */
export function readsInputs({ kind }: LayerSpec): boolean {
  return ['conv', 'depthwise-conv', 'dense', 'batch-norm', 'max-pool', 'average-pool'].includes(kind);
}

/** Whether {@link backwardLayer} reads what the layer emitted. */
export function readsOutput(layer: LayerSpec): boolean {
  return layer.kind === 'max-pool' || ('activation' in layer && layer.activation !== 'linear');
}

function activationGradient(y: tf.Tensor, dy: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case 'linear':
      return dy.clone();
    case 'relu':
      return runNative('ReluGrad', [dy, y]) ?? tf.mul(dy, tf.step(y));
    case 'relu6':
      return runNative('Relu6Grad', [dy, y]) ?? tf.mul(dy, tf.mul(tf.step(y), tf.step(tf.sub(6, y))));
    case 'elu':
      return tf.engine().runKernel('EluGrad', { dy, y });
  }
}

/** The WASM backend multiplies transposed matrices fifty times slower than it transposes and then multiplies them. */
function multiply(a: tf.Tensor2D, b: tf.Tensor2D, transposeA: boolean, transposeB: boolean): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b);
}
