import { elementTypes, type OnnxModel, type OnnxNode } from './onnx-model.ts';
import type { ImageInput } from './find-image-input.ts';
import { createValueFlow } from './value-flow.ts';

/**
 * Lets a model that was exported for a fixed number of images take any number: shapes that a Reshape states for that
 * number are taken from its input instead. Changes `model`; whether it worked, only running it can tell.
 */
export function freeBatch(model: OnnxModel, { name, batch }: ImageInput): void {
  const graph = model.graph ?? {};
  // Shapes noted for the old number would contradict what is computed.
  graph.valueInfo = [];
  for (const output of graph.output ?? []) output.type = undefined;
  if (batch === undefined) return;
  const flow = createValueFlow(graph);
  const fromImages = flow.dependentsOf(name);
  graph.node?.forEach((node: OnnxNode) => {
    const [data = '', shapeName = ''] = node.input ?? [];
    if (
      node.opType !== 'Reshape' ||
      !fromImages.has(data) ||
      node.attribute?.some((one) => one.name === 'allowzero' && Number(one.i) === 1)
    )
      return;
    const tensor = flow.constantOf(shapeName);
    const shape = tensor?.rawData?.length
      ? Array.from(new BigInt64Array(new Uint8Array(tensor.rawData).buffer), Number)
      : (tensor?.int64Data ?? []).map(Number);
    if (shape[0] !== batch) return;
    const free = `outsider/${node.output?.[0]}/shape`;
    // 0 means: as the input has it.
    const rawData = new Uint8Array(BigInt64Array.from([0, ...shape.slice(1)], BigInt).buffer);
    (graph.initializer ??= []).push({ name: free, dims: [shape.length], dataType: elementTypes.int64, rawData });
    node.input = [data, free];
  });
}
