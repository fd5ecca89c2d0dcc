import onnxProto from 'onnx-proto';
import type { OnnxNode } from './onnx-model.ts';

const { INT, INTS } = onnxProto.onnx.AttributeProto.AttributeType;

/** A node of ours, named after its one output. */
export function buildNode(
  operator: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): OnnxNode {
  const attribute = Object.entries(attributes).map(([name, value]) =>
    typeof value === 'number' ? { name, type: INT, i: value } : { name, type: INTS, ints: [...value] },
  );
  return { opType: operator, name: output, input: [...input], output: [output], attribute };
}

/** The declaration of a float32 input or output; a string is a size that stays free. */
export function declareFloats(name: string, shape: readonly (number | string)[]): onnxProto.onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: onnxProto.onnx.TensorProto.DataType.FLOAT, shape: { dim } } } };
}
