import { getWeight, type Weights, type WeightTensor } from '../weights/weights.ts';
import type { LayerGraph } from './layer-graph.ts';
import { kernelPart, mergeLayers, type BatchNorm, type Convolution } from './merge-layers.ts';

/**
 * The same network with its batch normalisations and activations merged into the convolutions before them, and the
 * normalisations' numbers multiplied into those convolutions' own.
 *
 * A normalisation in inference mode is y = s·x + (β − s·μ) with s = γ / √(σ² + ε), so it scales the kernel's output
 * channels and moves the bias.
 */
export function foldBatchNorm(graph: LayerGraph, weights: Weights): { graph: LayerGraph; weights: Weights } {
  const merged = mergeLayers(graph);
  const before = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const folded = new Map(weights);
  for (const [name, norm] of merged.norms) foldInto(folded, before.get(name) as Convolution, norm);
  return { graph: merged.graph, weights: folded };
}

function foldInto(weights: Map<string, WeightTensor>, convolution: Convolution, norm: BatchNorm): void {
  const kernelName = `${convolution.name}/${kernelPart(convolution)}`;
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
