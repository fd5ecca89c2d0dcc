import type { OnnxNode } from './onnx-model.ts';
import { readFloats } from './read-floats.ts';
import type { ValueFlow } from './value-flow.ts';

/** The last linear layer of a classifier. */
export interface OutputLayer {
  /** The value it reads, as the graph names it. */
  readonly input: string;
  /** logits = input · weights + bias; undefined when the graph does not hold them as plain numbers (quantised ones). */
  readonly parameters?: OutputLayerParameters;
}

export interface OutputLayerParameters {
  /** Shape [d, classes], row-major. */
  readonly weights: Float32Array;
  /** Shape [classes]. */
  readonly bias: Float32Array;
}

const reshaping = new Set(['Identity', 'Cast', 'Dropout', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze']);

/** The linear layer that makes `logits`: Gemm, MatMul with or without Add, or a 1 × 1 convolution; else undefined. */
export function findOutputLayer(flow: ValueFlow, logits: string): OutputLayer | undefined {
  const node = flow.producerOf(sameNumbers(flow, logits));
  const [first = '', second = ''] = node?.input ?? [];
  switch (node?.opType) {
    case 'Gemm':
      return { input: first, parameters: fromGemm(flow, node) };
    case 'Conv':
      return { input: first, parameters: fromConv(flow, node) };
    case 'MatMul':
      return { input: first, parameters: fromMatMul(flow, second, undefined) };
    case 'Add': {
      const [product, bias] = flow.producerOf(first)?.opType === 'MatMul' ? [first, second] : [second, first];
      const factors = flow.producerOf(product);
      if (factors?.opType !== 'MatMul') return undefined;
      const [input = '', weights = ''] = factors.input ?? [];
      return { input, parameters: fromMatMul(flow, weights, bias) };
    }
    default:
      return undefined;
  }
}

/** The earliest value that holds the same numbers as `value` in another shape. */
export function sameNumbers(flow: ValueFlow, value: string): string {
  const node = flow.producerOf(value);
  return node && reshaping.has(node.opType ?? '') ? sameNumbers(flow, node.input?.[0] ?? '') : value;
}

function fromGemm(flow: ValueFlow, node: OnnxNode): OutputLayerParameters | undefined {
  const [, weights = '', bias] = node.input ?? [];
  if (attribute(node, 'transA')) return undefined;
  const alpha = attribute(node, 'alpha') ?? 1;
  const beta = attribute(node, 'beta') ?? 1;
  const parameters = attribute(node, 'transB') ? transposed(flow, weights, bias) : fromMatMul(flow, weights, bias);
  return (
    parameters && {
      weights: parameters.weights.map((weight) => alpha * weight),
      bias: parameters.bias.map((shift) => beta * shift),
    }
  );
}

function fromConv(flow: ValueFlow, node: OnnxNode): OutputLayerParameters | undefined {
  const [, weights = '', bias] = node.input ?? [];
  return (attribute(node, 'group') ?? 1) === 1 ? transposed(flow, weights, bias) : undefined;
}

function fromMatMul(flow: ValueFlow, name: string, biasName: string | undefined): OutputLayerParameters | undefined {
  const weights = constant(flow, name);
  if (weights?.shape.length !== 2) return undefined;
  const bias = biasOf(flow, biasName, weights.shape[1]);
  return bias && { weights: weights.data, bias };
}

/** Weights stored as [classes, d], or [classes, d, 1, 1]. */
function transposed(flow: ValueFlow, name: string, biasName: string | undefined): OutputLayerParameters | undefined {
  const stored = constant(flow, name);
  const [classes = 0, width = 0, ...window] = stored?.shape ?? [];
  const bias = biasOf(flow, biasName, classes);
  if (!stored || !bias || width === 0 || window.some((side) => side !== 1)) return undefined;
  const weights = new Float32Array(width * classes);
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j < width; j++) weights[j * classes + c] = stored.data[c * width + j];
  }
  return { weights, bias };
}

/** Zeros without a bias; undefined when it is not one number a class. */
function biasOf(flow: ValueFlow, name: string | undefined, classes: number): Float32Array | undefined {
  if (!name) return new Float32Array(classes);
  const data = constant(flow, name)?.data;
  return data?.length === classes ? data : undefined;
}

function constant(flow: ValueFlow, name: string): ReturnType<typeof readFloats> {
  const tensor = flow.constantOf(name);
  if (tensor) return readFloats(tensor);
  const node = flow.producerOf(name);
  // Half-precision exporters store weights small and cast them when they are used.
  return node?.opType === 'Cast' || node?.opType === 'Identity' ? constant(flow, node.input?.[0] ?? '') : undefined;
}

function attribute(node: OnnxNode, name: string): number | undefined {
  const found = node.attribute?.find((one) => one.name === name);
  return found && (name === 'alpha' || name === 'beta' ? Number(found.f) : Number(found.i));
}
