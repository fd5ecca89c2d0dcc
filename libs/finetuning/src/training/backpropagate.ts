import * as tf from '@tensorflow/tfjs';
import type { LayerSpec } from '../graph/layer-graph.ts';
import { imageInput } from '../graph/layer-graph.ts';
import type { MergedGraph } from '../graph/merge-layers.ts';
import { backwardLayer, forwardLayer, readsInputs, readsOutput, type LayerGradients } from './layer-passes.ts';
import type { EffectiveWeights, Gradients, TrainedWeights, WeightedLayer } from './trained-weights.ts';

/** A factor for each input of a layer in training, such as dropout's: shape of that input, by layer name. */
export type InputMasks = Readonly<Record<string, tf.Tensor>>;

/** What a forward pass leaves for the way back. */
export interface ForwardPass {
  readonly logits: tf.Tensor2D;
  /**
   * Gradients of every weight, from those of the logits. Frees all that was kept.
   *
   * @param dLogits shape of `logits`; freed
   */
  backward(dLogits: tf.Tensor2D): Gradients;
  /** Frees all that was kept, without a way back. */
  dispose(): void;
}

/**
 * Runs a network and keeps what its gradients need, and nothing else: the inputs of layers with weights and the outputs
 * of activations. The way back frees each as soon as it has been used, so that at no time the gradients of two layers
 * and all activations lie in memory together, as they do on TensorFlow.js' tape.
 *
 * @param images [n, …the graph's input shape]; freed
 */
export function runForward(
  { graph }: MergedGraph,
  weights: TrainedWeights,
  images: tf.Tensor,
  masks: InputMasks = {},
): ForwardPass {
  const values = new Map<string, tf.Tensor>([[imageInput, images]]);
  /** Every value by name, freed or not: the way back needs the shapes of all. */
  const known = new Map(values);
  const masked = new Map<string, tf.Tensor>();
  const effective = new Map<string, EffectiveWeights>();
  const lastReader = new Map<string, string>();
  for (const layer of graph.layers) for (const name of layer.inputs) lastReader.set(name, layer.name);
  const output = graph.outputs['logits'];
  lastReader.delete(output);
  const kept = keptValues(graph.layers, masks);

  for (const layer of graph.layers) {
    const mask = masks[layer.name];
    if (hasWeights(layer)) effective.set(layer.name, weights.effective(layer));
    const inputs = layer.inputs.map((name) => values.get(name)!);
    if (mask) {
      masked.set(layer.name, tf.mul(inputs[0], mask));
      inputs[0] = masked.get(layer.name)!;
    }
    const value = tf.tidy(() => forwardLayer(layer, inputs, effective.get(layer.name)));
    values.set(layer.name, value);
    known.set(layer.name, value);
    for (const name of layer.inputs) {
      if (lastReader.get(name) === layer.name && !kept.has(name)) release(values, name);
    }
  }

  function disposeAll(): void {
    tf.dispose([...values.values(), ...masked.values()]);
    for (const own of effective.values()) disposeEffective(own);
    values.clear();
    masked.clear();
    effective.clear();
  }
  function disposeEffective({ kernel, bias }: EffectiveWeights): void {
    for (const tensor of [kernel, bias]) if (tensor && !(tensor instanceof tf.Variable)) tensor.dispose();
  }

  return {
    logits: values.get(output) as tf.Tensor2D,
    backward(dLogits) {
      const gradients: Gradients = {};
      const pending = new Map<string, tf.Tensor>([[output, dLogits]]);
      const trained = trainedNames(graph.layers);
      for (const layer of graph.layers.toReversed()) {
        const dy = pending.get(layer.name);
        if (!dy) continue;
        pending.delete(layer.name);
        const mask = masks[layer.name];
        const inputs = layer.inputs.map((name) => known.get(name)!);
        if (mask) inputs[0] = masked.get(layer.name)!;
        const wanted = layer.inputs.map((name) => trained.has(name));
        const own = effective.get(layer.name);
        const result = keepResults(() => {
          const {
            inputs: dInputs,
            kernel,
            bias,
          } = backwardLayer(layer, inputs, known.get(layer.name)!, dy, wanted, own);
          const masked = dInputs.map((d, i) => (d && mask && i === 0 ? tf.mul(d, mask) : d));
          return { inputs: masked, kernel, bias };
        });
        dy.dispose();
        if (own) {
          weights.backward(layer as WeightedLayer, result.kernel!, result.bias, gradients);
          disposeEffective(own);
          effective.delete(layer.name);
        }
        layer.inputs.forEach((name, i) => {
          const d = result.inputs[i];
          if (d) accumulate(pending, name, d);
        });
        release(values, layer.name);
        release(masked, layer.name);
      }
      disposeAll();
      return gradients;
    },
    dispose: disposeAll,
  };
}

/** Values that the way back reads, and the logits. */
function keptValues(layers: readonly LayerSpec[], masks: InputMasks): Set<string> {
  const kept = new Set<string>();
  for (const layer of layers) {
    // A masked input is kept as it was multiplied.
    if (readsInputs(layer) && !masks[layer.name]) for (const name of layer.inputs) kept.add(name);
    if (readsOutput(layer)) kept.add(layer.name);
  }
  return kept;
}

/** Layers with weights, and all that follow them: whose gradients something before or in them needs. */
function trainedNames(layers: readonly LayerSpec[]): Set<string> {
  const trained = new Set<string>();
  for (const layer of layers) {
    if (hasWeights(layer) || layer.inputs.some((name) => trained.has(name))) trained.add(layer.name);
  }
  return trained;
}

function hasWeights(layer: LayerSpec): layer is LayerSpec & WeightedLayer {
  return ['conv', 'depthwise-conv', 'dense', 'batch-norm'].includes(layer.kind);
}

/** Frees what `compute` made on the way to its gradients. */
function keepResults(compute: () => LayerGradients): LayerGradients {
  let result: LayerGradients | undefined;
  tf.tidy(() => {
    result = compute();
    return [...result.inputs, result.kernel, result.bias].filter((tensor) => tensor !== undefined);
  });
  return result!;
}

function accumulate(pending: Map<string, tf.Tensor>, name: string, gradient: tf.Tensor): void {
  const before = pending.get(name);
  if (!before) return void pending.set(name, gradient);
  pending.set(name, tf.add(before, gradient));
  tf.dispose([before, gradient]);
}

function release(values: Map<string, tf.Tensor>, name: string): void {
  values.get(name)?.dispose();
  values.delete(name);
}
