import { InvalidArgumentError } from '@outsider/domain';
import onnxProto from 'onnx-proto';

const { onnx } = onnxProto;

export type OnnxModel = onnxProto.onnx.ModelProto;
export type OnnxGraph = onnxProto.onnx.IGraphProto;
export type OnnxNode = onnxProto.onnx.INodeProto;
export type OnnxTensor = onnxProto.onnx.ITensorProto;

/** Numbers of ONNX' element types that classifiers take and emit. */
export const elementTypes = {
  float32: onnx.TensorProto.DataType.FLOAT,
  float16: onnx.TensorProto.DataType.FLOAT16,
  float64: onnx.TensorProto.DataType.DOUBLE,
  int32: onnx.TensorProto.DataType.INT32,
  int64: onnx.TensorProto.DataType.INT64,
} as const;

/**
 * Reads a file that other software exported.
 *
 * @throws {InvalidArgumentError} when it is no ONNX model, or needs more than its one file
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const model = tryDecode(bytes);
  if (!model?.graph?.node?.length) {
    throw new InvalidArgumentError('these bytes are not an ONNX model (a truncated file, perhaps)');
  }
  if (model.functions.length > 0) {
    throw new InvalidArgumentError(
      'this model defines functions of its own; write them out first, with onnx.inliner.inline_local_functions',
    );
  }
  for (const tensor of storedTensors(model.graph)) {
    if (tensor.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL) {
      throw new InvalidArgumentError(
        `the weights of this model ("${tensor.name}" and others) lie in a second file; save it as one file, in PyTorch with torch.onnx.export(…, external_data=False), else with onnx.save_model`,
      );
    }
  }
  return model;
}

export function encodeModel(model: OnnxModel): Uint8Array {
  return onnx.ModelProto.encode(model).finish();
}

/** A copy that shares the weights: its lists may be changed without changing the original's. */
export function copyModel(model: OnnxModel): OnnxModel {
  return onnx.ModelProto.create({ ...model, graph: copyGraph(model.graph ?? {}) });
}

function copyGraph(graph: OnnxGraph): OnnxGraph {
  const node = graph.node?.map((one) => ({
    ...one,
    input: [...(one.input ?? [])],
    output: [...(one.output ?? [])],
    attribute: one.attribute?.map((attribute) => ({
      ...attribute,
      ...(attribute.g && { g: copyGraph(attribute.g) }),
      ...(attribute.graphs && { graphs: attribute.graphs.map(copyGraph) }),
    })),
  }));
  return {
    ...graph,
    node,
    initializer: graph.initializer?.map((tensor) => ({ ...tensor })),
    input: graph.input?.map((value) => ({ ...value })),
    output: graph.output?.map((value) => ({ ...value })),
  };
}

function tryDecode(bytes: Uint8Array): OnnxModel | undefined {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch {
    return undefined;
  }
}

function* storedTensors(graph: OnnxGraph): Generator<OnnxTensor> {
  yield* graph.initializer ?? [];
  for (const { attribute } of graph.node ?? []) {
    for (const { t, g } of attribute ?? []) {
      if (t) yield t;
      if (g) yield* storedTensors(g);
    }
  }
}
