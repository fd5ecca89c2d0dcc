import { InvalidArgumentError } from '@outsider/domain';
import type { OnnxGraph } from './onnx-model.ts';
import type { ValueFlow } from './value-flow.ts';

/** What a classifier answers. */
export interface ClassifierOutput {
  /** The value before softmax or sigmoid, as the graph names it. */
  readonly logits: string;
  /** The only logit is that of the second of two classes: the graph ends in a sigmoid. */
  readonly oneLogitForTwoClasses: boolean;
}

const keepsOrder = new Set(['Identity', 'Cast', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze']);

/**
 * The logits of a classifier: what it answers, or what its closing softmax or sigmoid makes its answer of.
 *
 * @throws {InvalidArgumentError} unless exactly one output depends on the images
 */
export function findOutput(graph: OnnxGraph, flow: ValueFlow, input: string): ClassifierOutput {
  const fromImages = flow.dependentsOf(input);
  const outputs = (graph.output ?? []).flatMap(({ name }) => (name && fromImages.has(name) ? [name] : []));
  if (outputs.length !== 1) {
    throw new InvalidArgumentError(
      `expected a classifier with one output, one number a class; ${outputs.length} outputs depend on the images (${outputs.join(', ')})`,
    );
  }
  let value = outputs[0];
  for (let node = flow.producerOf(value); node; node = flow.producerOf(value)) {
    const [first = ''] = node.input ?? [];
    if (node.opType === 'Softmax' || node.opType === 'LogSoftmax')
      return { logits: first, oneLogitForTwoClasses: false };
    if (node.opType === 'Sigmoid') return { logits: first, oneLogitForTwoClasses: true };
    if (!keepsOrder.has(node.opType ?? '')) break;
    value = first;
  }
  return { logits: outputs[0], oneLogitForTwoClasses: false };
}
