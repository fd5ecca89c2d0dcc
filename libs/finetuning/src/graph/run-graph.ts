import * as tf from '@tensorflow/tfjs';
import { ShapeError } from '@outsider/domain';
import { selectWeights, type Weights } from '../weights/weights.ts';
import { imageInput, type LayerGraph, type LayerSpec } from './layer-graph.ts';
import { activate, applyWeightless } from './weightless-layers.ts';

/** A network on the TensorFlow.js backend that was selected. */
export interface Network {
  /**
   * Runs the network in inference mode, a few images at a time.
   *
   * @param images preprocessed, [count, height, width, channels] row-major
   * @param layers layer names to return; the graph's outputs by default, under their output names
   * @returns by name, each [count, …the layer's shape] row-major
   * @throws {ShapeError} when `images` does not hold `count` of them
   */
  predict(images: Float32Array, count: number, layers?: readonly string[]): Record<string, Float32Array>;
  /** Frees the weights. */
  dispose(): void;
}

/** Images in flight at once: bounds the memory for activations. */
const batchSize = 8;

/** @throws {CorruptDataError | ShapeError} when the weights do not fit the graph */
export function loadNetwork(graph: LayerGraph, weights: Weights): Network {
  const tensors = new Map<string, tf.Tensor>();
  for (const [name, { shape, data }] of selectWeights(graph, weights)) tensors.set(name, tf.tensor(data, [...shape]));
  const imageSize = graph.inputShape.reduce((product, side) => product * side, 1);

  return {
    predict(images, count, layers) {
      if (images.length !== count * imageSize)
        throw new ShapeError('images', [count, ...graph.inputShape], [images.length]);
      const wanted = layers ? layers.map((name) => [name, name] as const) : Object.entries(graph.outputs);
      const results: Record<string, Float32Array> = {};
      for (let first = 0; first < count; first += batchSize) {
        const n = Math.min(batchSize, count - first);
        const batch = images.subarray(first * imageSize, (first + n) * imageSize);
        const values = runBatch(graph, tensors, batch, n, new Set(wanted.map(([, layer]) => layer)));
        for (const [name, layer] of wanted) {
          const data = values.get(layer)!;
          results[name] ??= new Float32Array((data.length / n) * count);
          results[name].set(data, (data.length / n) * first);
        }
      }
      return results;
    },
    dispose: () => tf.dispose([...tensors.values()]),
  };
}

/** Every activation is freed as soon as its last reader has run. */
function runBatch(
  graph: LayerGraph,
  weights: ReadonlyMap<string, tf.Tensor>,
  images: Float32Array,
  n: number,
  wanted: ReadonlySet<string>,
): Map<string, Float32Array> {
  const readers = new Map<string, number>();
  for (const name of graph.layers.flatMap((layer) => layer.inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  const live = new Map<string, tf.Tensor>([[imageInput, tf.tensor(images, [n, ...graph.inputShape])]]);
  const results = new Map<string, Float32Array>();

  function free(name: string): void {
    live.get(name)?.dispose();
    live.delete(name);
  }
  for (const layer of graph.layers) {
    const inputs = layer.inputs.map((name) => live.get(name)!);
    const value = tf.tidy(() => applyLayer(layer, inputs, (part) => weights.get(`${layer.name}/${part}`)!));
    live.set(layer.name, value);
    if (wanted.has(layer.name)) results.set(layer.name, value.dataSync<'float32'>());
    for (const name of layer.inputs) {
      readers.set(name, readers.get(name)! - 1);
      if (readers.get(name) === 0) free(name);
    }
    if (!readers.has(layer.name)) free(layer.name);
  }
  return results;
}

function applyLayer(layer: LayerSpec, inputs: readonly tf.Tensor[], weight: (part: string) => tf.Tensor): tf.Tensor {
  const [x] = inputs;
  const image = x as tf.Tensor4D;
  switch (layer.kind) {
    case 'conv': {
      const sums = tf.conv2d(image, weight('kernel') as tf.Tensor4D, [...layer.stride], layer.padding);
      return activate(layer.bias ? tf.add(sums, weight('bias')) : sums, layer.activation);
    }
    case 'depthwise-conv': {
      const sums = tf.depthwiseConv2d(
        image,
        weight('depthwise_kernel') as tf.Tensor4D,
        [...layer.stride],
        layer.padding,
      );
      return activate(layer.bias ? tf.add(sums, weight('bias')) : sums, layer.activation);
    }
    case 'batch-norm':
      return tf.batchNorm(
        x,
        weight('moving_mean') as tf.Tensor1D,
        weight('moving_variance') as tf.Tensor1D,
        weight('beta') as tf.Tensor1D,
        layer.scale ? (weight('gamma') as tf.Tensor1D) : undefined,
        layer.epsilon,
      );
    case 'dense':
      return activate(
        tf.add(tf.matMul(x as tf.Tensor2D, weight('kernel') as tf.Tensor2D), weight('bias')),
        layer.activation,
      );
    default:
      return applyWeightless(layer, inputs);
  }
}
