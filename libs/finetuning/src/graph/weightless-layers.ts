import * as tf from '@tensorflow/tfjs';
import type { Activation, LayerSpec } from './layer-graph.ts';

/** Layers that compute without any numbers of their own. */
export type WeightlessLayer = Exclude<LayerSpec, { kind: 'conv' | 'depthwise-conv' | 'dense' | 'batch-norm' }>;

/** What a layer without weights emits; a tensor of its own, whatever the layer does. */
export function applyWeightless(layer: WeightlessLayer, inputs: readonly tf.Tensor[]): tf.Tensor {
  const [x] = inputs;
  const image = x as tf.Tensor4D;
  switch (layer.kind) {
    case 'activation':
      return activate(layer.activation === 'linear' ? x.clone() : x, layer.activation);
    case 'zero-pad':
      return tf.pad(image, [[0, 0], [...layer.padding[0]], [...layer.padding[1]], [0, 0]]);
    case 'max-pool':
      return tf.maxPool(image, [...layer.size], [...layer.stride], layer.padding);
    case 'average-pool':
      return tf.avgPool(image, [...layer.size], [...layer.stride], layer.padding);
    case 'add':
      return tf.addN([...inputs]);
    case 'concat':
      return tf.concat([...inputs], -1);
    case 'global-average-pool':
      return tf.mean(x, [1, 2]);
    case 'flatten':
      return tf.reshape(x, [x.shape[0], -1]);
  }
}

export function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'elu':
      return tf.elu(x);
  }
}
