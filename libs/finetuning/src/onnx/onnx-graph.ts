import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;
type Attribute = number | readonly number[] | string;

/** Opset 17 is read by every ONNX Runtime since 1.12. */
const opset = 17;

/** Collects the nodes and constants of an ONNX graph. Values are named by strings. */
export interface OnnxGraph {
  /** Adds a node with one output, called `output`, and returns that name. Integers become ints, other numbers floats. */
  node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes?: Readonly<Record<string, Attribute>>,
  ): string;
  /** Adds a float32 constant of this row-major shape and returns its name. */
  floats(name: string, shape: readonly number[], data: Float32Array): string;
  integers(name: string, data: readonly number[]): string;
  /** `shape` is without the batch, which stays free. */
  input(name: string, shape: readonly number[]): void;
  output(name: string, shape: readonly number[]): void;
  encode(metadata: Readonly<Record<string, string>>): Uint8Array;
}

/** @see https://github.com/onnx/onnx/blob/main/docs/IR.md */
export function createOnnxGraph(name: string): OnnxGraph {
  const graph = onnx.GraphProto.create({ name });
  return {
    node(operator, inputs, output, attributes = {}) {
      const attribute = Object.entries(attributes).map(([key, value]) => toAttribute(key, value));
      graph.node.push({ opType: operator, name: output, input: [...inputs], output: [output], attribute });
      return output;
    },
    floats(name, shape, data) {
      const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      graph.initializer.push({ name, dims: [...shape], dataType: onnx.TensorProto.DataType.FLOAT, rawData });
      return name;
    },
    integers(name, data) {
      const rawData = new Uint8Array(BigInt64Array.from(data, BigInt).buffer);
      graph.initializer.push({ name, dims: [data.length], dataType: onnx.TensorProto.DataType.INT64, rawData });
      return name;
    },
    input: (name, shape) => void graph.input.push(toValueInfo(name, shape)),
    output: (name, shape) => void graph.output.push(toValueInfo(name, shape)),
    encode(metadata) {
      const model = onnx.ModelProto.create({
        irVersion: onnx.Version.IR_VERSION,
        opsetImport: [{ domain: '', version: opset }],
        producerName: 'outsider',
        graph,
        metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      });
      return onnx.ModelProto.encode(model).finish();
    },
  };
}

function toAttribute(name: string, value: Attribute): onnxProto.onnx.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value !== 'number') return { name, type: AttributeType.INTS, ints: [...value] };
  return Number.isInteger(value)
    ? { name, type: AttributeType.INT, i: value }
    : { name, type: AttributeType.FLOAT, f: value };
}

function toValueInfo(name: string, shape: readonly number[]): onnxProto.onnx.IValueInfoProto {
  const dim = [{ dimParam: 'n' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: onnx.TensorProto.DataType.FLOAT, shape: { dim } } } };
}
