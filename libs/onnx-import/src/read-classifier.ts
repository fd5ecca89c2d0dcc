import { findBottlenecks } from './find-bottlenecks.ts';
import { findImageInput, type ImageInput } from './find-image-input.ts';
import { findOutput, type ClassifierOutput } from './find-output.ts';
import { findOutputLayer, sameNumbers, type OutputLayer } from './find-output-layer.ts';
import { decodeModel, type OnnxModel } from './onnx-model.ts';
import { createValueFlow } from './value-flow.ts';

/** A classifier as another team exported it, understood as far as its graph alone tells. Values go by their own names. */
export interface Classifier {
  readonly model: OnnxModel;
  readonly input: ImageInput;
  readonly output: ClassifierOutput;
  /** The last linear layer; undefined when the logits come from something else. */
  readonly outputLayer: OutputLayer | undefined;
  /** Values that everything the logits know of an image passes through, in order, the logits excepted. */
  readonly bottlenecks: readonly string[];
  /** The operator that makes a value; undefined for a name that nothing made from the images has. */
  operatorOf(value: string): string | undefined;
  /** The earliest value that holds the same numbers in another shape. */
  sameNumbers(value: string): string;
}

/** @throws {InvalidArgumentError} when the bytes are no ONNX model of one batch of images in, one number a class out */
export function readClassifier(bytes: Uint8Array): Classifier {
  const model = decodeModel(bytes);
  const graph = model.graph ?? {};
  const input = findImageInput(graph);
  const flow = createValueFlow(graph);
  const output = findOutput(graph, flow, input.name);
  const fromImages = flow.dependentsOf(input.name);
  return {
    model,
    input,
    output,
    outputLayer: findOutputLayer(flow, output.logits),
    bottlenecks: findBottlenecks(flow, input.name, output.logits).filter((value) => value !== output.logits),
    operatorOf: (value) => (fromImages.has(value) ? (flow.producerOf(value)?.opType ?? undefined) : undefined),
    sameNumbers: (value) => sameNumbers(flow, value),
  };
}
