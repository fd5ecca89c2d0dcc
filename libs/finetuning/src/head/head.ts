import { ShapeError } from '@outsider/domain';
import type { LayerGraph } from '../graph/layer-graph.ts';
import type { Weights } from '../weights/weights.ts';

/** A fully connected layer's parameters. */
export interface DenseWeights {
  /** Shape [inputs, units], row-major. */
  readonly kernel: Float32Array;
  /** Shape [units]. */
  readonly bias: Float32Array;
}

/** The layers trained on top of a backbone: Dense(units, elu), the relevant layer, then Dense(classes), the logits. */
export interface Head {
  readonly relevantLayer: DenseWeights;
  readonly outputLayer: DenseWeights;
}

/**
 * The backbone with its head: outputs `pooled`, `relevant_layer` and `logits`. Dropout is for training only and not
 * part of it.
 *
 * @throws {ShapeError} when the head does not fit the backbone's `features` or itself
 */
export function appendHead(
  graph: LayerGraph,
  weights: Weights,
  features: number,
  head: Head,
): { graph: LayerGraph; weights: Weights } {
  const units = head.relevantLayer.bias.length;
  const classes = head.outputLayer.bias.length;
  if (head.relevantLayer.kernel.length !== features * units) {
    throw new ShapeError('relevant layer kernel', [features, units], [head.relevantLayer.kernel.length]);
  }
  if (head.outputLayer.kernel.length !== units * classes) {
    throw new ShapeError('output layer kernel', [units, classes], [head.outputLayer.kernel.length]);
  }
  return {
    graph: {
      ...graph,
      layers: [
        ...graph.layers,
        { kind: 'dense', name: 'relevant_layer', inputs: [graph.outputs.pooled], units, activation: 'elu' },
        { kind: 'dense', name: 'logits', inputs: ['relevant_layer'], units: classes, activation: 'linear' },
      ],
      outputs: { ...graph.outputs, relevant_layer: 'relevant_layer', logits: 'logits' },
    },
    weights: new Map([
      ...weights,
      ['relevant_layer/kernel', { shape: [features, units], data: head.relevantLayer.kernel }],
      ['relevant_layer/bias', { shape: [units], data: head.relevantLayer.bias }],
      ['logits/kernel', { shape: [units, classes], data: head.outputLayer.kernel }],
      ['logits/bias', { shape: [classes], data: head.outputLayer.bias }],
    ]),
  };
}
