import type { LayerGraph } from '../graph/layer-graph.ts';
import { seededRandom } from '../seeded-random.ts';
import { getWeight, type Weights, type WeightTensor } from '../weights/weights.ts';
import { appendHead, type Head } from './head.ts';

/** New layers as they are trained: a sigmoid has one logit, an exported head always one a class. */
export interface TrainableHead {
  readonly graph: LayerGraph;
  readonly weights: Weights;
  /** Layers before which dropout acts. */
  readonly droppedInputs: readonly string[];
}

export type HeadOutput = 'softmax' | 'sigmoid';

/** A backbone with a head on it, to be trained with `output`. */
export function toTrainableHead(
  graph: LayerGraph,
  weights: Weights,
  features: number,
  head: Head,
  output: HeadOutput,
): TrainableHead {
  return {
    ...appendHead(graph, weights, features, output === 'sigmoid' ? toOneLogit(head) : head),
    droppedInputs: ['relevant_layer', 'logits'],
  };
}

/** The head among trained weights, one logit a class. */
export function readTrainedHead(weights: Weights, output: HeadOutput): Head {
  const dense = (layer: string) => ({
    kernel: getWeight(weights, `${layer}/kernel`).data,
    bias: getWeight(weights, `${layer}/bias`).data,
  });
  const head = { relevantLayer: dense('relevant_layer'), outputLayer: dense('logits') };
  return output === 'sigmoid' ? toTwoLogits(head) : head;
}

/** The backbone among trained weights: those that were trained in place of the pretrained. */
export function mergeTrained(pretrained: Weights, trained: Weights): Weights {
  return new Map<string, WeightTensor>([...pretrained].map(([name, tensor]) => [name, trained.get(name) ?? tensor]));
}

/**
 * New layers before any training, as Keras makes them: uniform in ±√(6 / (inputs + outputs)), biases zero.
 *
 * @see Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 */
export function initialHead(features: number, units: number, classes: number, seed: number): Head {
  const random = seededRandom(seed);
  const dense = (inputs: number, outputs: number) => {
    const limit = Math.sqrt(6 / (inputs + outputs));
    return {
      kernel: Float32Array.from({ length: inputs * outputs }, () => limit * (2 * random.uniform() - 1)),
      bias: new Float32Array(outputs),
    };
  };
  return { relevantLayer: dense(features, units), outputLayer: dense(units, classes) };
}

/** Two logits decide by their difference: softmax(a, b) says what sigmoid(b − a) does. */
function toOneLogit({ relevantLayer, outputLayer: { kernel, bias } }: Head): Head {
  const difference = (values: Float32Array) =>
    Float32Array.from({ length: values.length / 2 }, (_, i) => values[2 * i + 1] - values[2 * i]);
  return { relevantLayer, outputLayer: { kernel: difference(kernel), bias: difference(bias) } };
}

/** −l/2 and l/2, so that neither class is favoured by what reads the logits' size. */
function toTwoLogits({ relevantLayer, outputLayer: { kernel, bias } }: Head): Head {
  const both = (values: Float32Array) =>
    Float32Array.from({ length: 2 * values.length }, (_, i) => values[i >> 1] * (i % 2 ? 0.5 : -0.5));
  return { relevantLayer, outputLayer: { kernel: both(kernel), bias: both(bias) } };
}
