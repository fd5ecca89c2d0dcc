import * as tf from '@tensorflow/tfjs';
import { kernelPart, type BatchNorm, type Convolution, type MergedGraph } from '../graph/merge-layers.ts';
import type { LayerSpec } from '../graph/layer-graph.ts';
import { getWeight, type Weights, type WeightTensor } from '../weights/weights.ts';

type Dense = Extract<LayerSpec, { kind: 'dense' }>;
export type WeightedLayer = Convolution | Dense | BatchNorm;

/** What a layer multiplies with and adds in one step. */
export interface EffectiveWeights {
  readonly kernel: tf.Tensor;
  readonly bias?: tf.Tensor1D;
}

/** Gradients by the names of the weights. */
export type Gradients = Record<string, tf.Tensor>;

/**
 * The weights of a merged graph as variables under Keras' names, normalisations apart.
 *
 * A normalisation in inference mode is folded into its convolution anew in every step, kernel' = γ/σ · kernel, so that
 * kernel, bias, γ and β are trained exactly as if it stood alone, without a pass over the images for it.
 */
export interface TrainedWeights {
  /** By Keras' names, `<layer>/<kernel | bias | gamma | beta>`. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** To be disposed by the caller, where they are not the variables themselves. */
  effective(layer: WeightedLayer): EffectiveWeights;
  /** Moves gradients of the effective weights on to the variables; frees those it is given. */
  backward(layer: WeightedLayer, kernel: tf.Tensor, bias: tf.Tensor1D | undefined, into: Gradients): void;
  read(): Map<string, WeightTensor>;
  dispose(): void;
}

export function createTrainedWeights(
  { graph, norms }: MergedGraph,
  unmerged: readonly LayerSpec[],
  weights: Weights,
): TrainedWeights {
  const variables = new Map<string, tf.Variable>();
  const constants = new Map<string, tf.Tensor1D>();
  const before = new Map(unmerged.map((layer) => [layer.name, layer]));

  function addVariable(name: string): void {
    const { shape, data } = getWeight(weights, name);
    variables.set(
      name,
      tf.tidy(() => tf.variable(tf.tensor(data, [...shape]))),
    );
  }
  function addNorm({ name, scale, epsilon }: BatchNorm): void {
    addVariable(`${name}/beta`);
    if (scale) addVariable(`${name}/gamma`);
    const variance = getWeight(weights, `${name}/moving_variance`).data;
    constants.set(`${name}/mean`, tf.tensor1d(getWeight(weights, `${name}/moving_mean`).data));
    constants.set(`${name}/inverse`, tf.tensor1d(variance.map((v) => 1 / Math.sqrt(v + epsilon))));
  }
  for (const layer of graph.layers) {
    if (layer.kind === 'batch-norm') addNorm(layer);
    else if (layer.kind === 'conv' || layer.kind === 'depthwise-conv') {
      addVariable(`${layer.name}/${kernelPart(layer)}`);
      if ((before.get(layer.name) as Convolution).bias) addVariable(`${layer.name}/bias`);
      const norm = norms.get(layer.name);
      if (norm) addNorm(norm);
    } else if (layer.kind === 'dense') {
      addVariable(`${layer.name}/kernel`);
      addVariable(`${layer.name}/bias`);
    }
  }

  /** γ/σ of a normalisation, shape [channels]. */
  function scaleOf({ name }: BatchNorm): tf.Tensor1D {
    const gamma = variables.get(`${name}/gamma`);
    const inverse = constants.get(`${name}/inverse`)!;
    return gamma ? tf.mul(gamma, inverse) : inverse.clone();
  }

  /** A depthwise kernel is [h, w, channel, 1]; as [h, w, channel] its last axis is the output channel, as in a conv. */
  function lastAxisOut(layer: WeightedLayer, kernel: tf.Tensor): tf.Tensor {
    return layer.kind === 'depthwise-conv' ? tf.squeeze(kernel, [3]) : kernel;
  }

  return {
    variables,
    effective(layer) {
      if (layer.kind === 'batch-norm') {
        return tf.tidy(() => {
          const scale = scaleOf(layer);
          return { kernel: scale, bias: shiftOf(layer, scale) };
        });
      }
      const kernel = variables.get(`${layer.name}/${layer.kind === 'dense' ? 'kernel' : kernelPart(layer)}`)!;
      const bias = variables.get(`${layer.name}/bias`) as tf.Variable<tf.Rank.R1> | undefined;
      const norm = norms.get(layer.name);
      if (!norm) return { kernel, bias };
      return tf.tidy(() => {
        const scale = scaleOf(norm);
        return {
          kernel: tf.reshape(tf.mul(lastAxisOut(layer, kernel), scale), kernel.shape),
          bias: shiftOf(norm, scale, bias),
        };
      });
    },
    backward(layer, kernelGradient, biasGradient, into) {
      if (layer.kind === 'batch-norm') {
        spread(layer, kernelGradient as tf.Tensor1D, biasGradient!, undefined, into);
        return tf.dispose([kernelGradient, biasGradient!]);
      }
      const kernelName = `${layer.name}/${layer.kind === 'dense' ? 'kernel' : kernelPart(layer)}`;
      const biasName = `${layer.name}/bias`;
      const norm = norms.get(layer.name);
      if (!norm) {
        into[kernelName] = kernelGradient;
        if (biasGradient) into[biasName] = biasGradient;
        return;
      }
      const kernel = variables.get(kernelName)!;
      const bias = variables.get(biasName);
      const results = tf.tidy(() => {
        const scale = scaleOf(norm);
        const gradient = lastAxisOut(layer, kernelGradient);
        const own: Gradients = { [kernelName]: tf.reshape(tf.mul(gradient, scale), kernel.shape) };
        if (bias) own[biasName] = tf.mul(biasGradient!, scale);
        if (norm.scale) {
          const channels = scale.size;
          const alongKernel = sumRows(tf.reshape(tf.mul(gradient, lastAxisOut(layer, kernel)), [-1, channels]));
          spread(norm, alongKernel, biasGradient!, bias as tf.Tensor1D | undefined, own);
        } else spread(norm, undefined, biasGradient!, undefined, own);
        return own;
      });
      tf.dispose([kernelGradient, biasGradient!]);
      Object.assign(into, results);
    },
    read: () =>
      new Map(
        [...variables].map(([name, variable]) => [
          name,
          { shape: variable.shape, data: variable.dataSync<'float32'>().slice() },
        ]),
      ),
    dispose: () => tf.dispose([...variables.values(), ...constants.values()]),
  };

  /** β + (bias − μ) · γ/σ. */
  function shiftOf({ name }: BatchNorm, scale: tf.Tensor1D, bias?: tf.Tensor): tf.Tensor1D {
    const mean = constants.get(`${name}/mean`)!;
    return tf.add(
      variables.get(`${name}/beta`)!,
      tf.mul(bias ? tf.sub(bias, mean) : tf.neg(mean), scale),
    ) as tf.Tensor1D;
  }

  /** Gradients of γ and β; `along` is Σ ∂kernel' · kernel by channel (of a lone normalisation: ∂scale itself). */
  function spread(
    { name, scale }: BatchNorm,
    along: tf.Tensor1D | undefined,
    shift: tf.Tensor1D,
    bias: tf.Tensor1D | undefined,
    into: Gradients,
  ): void {
    into[`${name}/beta`] = shift.clone();
    if (!scale || !along) return;
    into[`${name}/gamma`] = tf.tidy(() => {
      const mean = constants.get(`${name}/mean`)!;
      const centred = bias ? tf.sub(bias, mean) : tf.neg(mean);
      return tf.mul(tf.add(along, tf.mul(shift, centred)), constants.get(`${name}/inverse`)!);
    });
  }
}

/** [n, c] → [c]. A product with ones is several times faster than a sum along the first axis on the native backend. */
export function sumRows(x: tf.Tensor): tf.Tensor1D {
  return tf.tidy(() => tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x as tf.Tensor2D), [-1]));
}
