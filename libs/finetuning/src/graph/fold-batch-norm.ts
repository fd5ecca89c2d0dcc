import { getWeight, type Weights, type WeightTensor } from '../weights/weights.ts';
import type { LayerGraph, LayerSpec } from './layer-graph.ts';

/**
 * The same network with every batch normalisation, and then every activation, merged into the convolution before it.
 *
 * A normalisation in inference mode is y = s·x + (β − s·μ) with s = γ / √(σ² + ε), so it scales the kernel's output
 * channels and moves the bias. One that follows something else than a linear convolution of its own is left in place.
 */
export function foldBatchNorm(graph: LayerGraph, weights: Weights): { graph: LayerGraph; weights: Weights } {
  const readers = countReaders(graph);
  const folded = new Map(weights);
  const layers = new Map<string, LayerSpec>();
  /** What a removed layer's readers read instead. */
  const replaced = new Map<string, string>();
  const resolve = (name: string) => replaced.get(name) ?? name;

  for (const layer of graph.layers) {
    const inputs = layer.inputs.map(resolve);
    const before = layers.get(inputs[0]);
    const mergeable =
      before && isConvolution(before) && before.activation === 'linear' && readers.get(layer.inputs[0]) === 1;
    if (mergeable && layer.kind === 'batch-norm') {
      foldInto(folded, before, layer);
      layers.set(before.name, { ...before, bias: true });
      replaced.set(layer.name, before.name);
    } else if (mergeable && layer.kind === 'activation') {
      layers.set(before.name, { ...before, activation: layer.activation });
      replaced.set(layer.name, before.name);
    } else {
      layers.set(layer.name, { ...layer, inputs });
    }
  }
  const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([output, layer]) => [output, resolve(layer)]));
  return { graph: { ...graph, layers: [...layers.values()], outputs }, weights: folded };
}

type Convolution = Extract<LayerSpec, { kind: 'conv' | 'depthwise-conv' }>;
type BatchNorm = Extract<LayerSpec, { kind: 'batch-norm' }>;

function isConvolution(layer: LayerSpec): layer is Convolution {
  return layer.kind === 'conv' || layer.kind === 'depthwise-conv';
}

/** How many layers and outputs read each layer: one that is also read elsewhere must keep its value. */
function countReaders(graph: LayerGraph): Map<string, number> {
  const readers = new Map<string, number>();
  for (const name of [...graph.layers.flatMap((layer) => layer.inputs), ...Object.values(graph.outputs)]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  return readers;
}

function foldInto(weights: Map<string, WeightTensor>, convolution: Convolution, norm: BatchNorm): void {
  const kernelName = `${convolution.name}/${convolution.kind === 'conv' ? 'kernel' : 'depthwise_kernel'}`;
  const kernel = getWeight(weights, kernelName);
  const mean = getWeight(weights, `${norm.name}/moving_mean`).data;
  const variance = getWeight(weights, `${norm.name}/moving_variance`).data;
  const beta = getWeight(weights, `${norm.name}/beta`).data;
  const gamma = norm.scale ? getWeight(weights, `${norm.name}/gamma`).data : null;
  const bias = convolution.bias ? getWeight(weights, `${convolution.name}/bias`).data : null;

  const channels = mean.length;
  const scale = Float64Array.from(variance, (v, c) => (gamma ? gamma[c] : 1) / Math.sqrt(v + norm.epsilon));
  // The output channel is the last axis that is not 1 in both layouts, [h, w, in, out] and [h, w, channel, 1].
  weights.set(kernelName, { shape: kernel.shape, data: kernel.data.map((w, i) => w * scale[i % channels]) });
  weights.set(`${convolution.name}/bias`, {
    shape: [channels],
    data: Float32Array.from(beta, (b, c) => b + ((bias ? bias[c] : 0) - mean[c]) * scale[c]),
  });
  for (const part of ['gamma', 'beta', 'moving_mean', 'moving_variance']) weights.delete(`${norm.name}/${part}`);
}
