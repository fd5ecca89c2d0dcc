import { buildNode, declareFloats } from './build-node.ts';
import { freeBatch } from './free-batch.ts';
import type { ImageInput } from './find-image-input.ts';
import { copyModel, elementTypes, encodeModel, type OnnxGraph, type OnnxModel, type OnnxNode } from './onnx-model.ts';
import { renameValues, valueNames } from './rename-values.ts';
import { createValueFlow, outputsOf } from './value-flow.ts';

/** An output that the rewritten model has: a value of the original, or nodes computed from it. */
export interface RewrittenOutput {
  readonly name: string;
  /** As the original names it. */
  readonly value: string;
  /** Numbers an image; the output is then declared as [n, width] and flattened to it, else it keeps its shape. */
  readonly width?: number;
  /** Nodes that make `to` of `from`; absent for the value itself. */
  readonly derive?: (
    from: string,
    to: string,
  ) => { readonly nodes: OnnxNode[]; readonly constants?: OnnxGraph['initializer'] };
}

export interface Rewriting {
  readonly input: ImageInput;
  /** Pixels, height then width. */
  readonly size: readonly [number, number];
  /** `images` as [n, h, w, 3] for any n; else as the original takes them: its order of axes, its number of images. */
  readonly channelsLast: boolean;
  readonly outputs: readonly RewrittenOutput[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The same network with the input `images`, float32, and the outputs asked for, float32. Nodes and weights that no
 * output needs are left out; nothing else changes.
 */
export function rewriteModel(
  original: OnnxModel,
  { input, size, channelsLast, outputs, metadata }: Rewriting,
): Uint8Array {
  const model = copyModel(original);
  const graph = model.graph ?? {};
  if (channelsLast) freeBatch(model, input);
  graph.valueInfo = [];

  const reserved = new Set(['images', ...outputs.map(({ name }) => name)]);
  const names = new Map(
    [...valueNames(graph)].filter((name) => reserved.has(name)).map((name) => [name, `source/${name}`]),
  );
  renameValues(graph, names);
  const own = (value: string): string => names.get(value) ?? value;

  const [height, width] = size;
  const transposed = channelsLast && input.layout === 'channels-first';
  const axes = channelsLast || input.layout === 'channels-last' ? [height, width, 3] : [3, height, width];
  graph.input = [declareFloats('images', [channelsLast ? 'n' : (input.batch ?? 'n'), ...axes])];
  const front = [
    transposed
      ? buildNode('Transpose', ['images'], 'outsider/images', { perm: [0, 3, 1, 2] })
      : buildNode('Identity', ['images'], 'outsider/images'),
    buildNode('Cast', ['outsider/images'], own(input.name), { to: elementTypes[input.type] }),
  ];
  const ends = outputs.map((output) => endOf(output, own(output.value)));
  graph.output = outputs.map(({ name, width: numbers }) =>
    numbers === undefined ? { name } : declareFloats(name, ['n', numbers]),
  );
  graph.node = [...front, ...(graph.node ?? []), ...ends.flatMap(({ nodes }) => nodes)];
  graph.initializer = [...(graph.initializer ?? []), ...ends.flatMap(({ constants }) => constants)];
  prune(graph);

  // Since version 4, weights need not be listed among the inputs, where the first versions had them.
  model.irVersion = Math.max(4, Number(model.irVersion));
  model.trainingInfo = [];
  if (metadata) {
    const kept = model.metadataProps.filter(({ key }) => !key?.startsWith('outsider.'));
    model.metadataProps = [...kept, ...Object.entries(metadata).map(([key, value]) => ({ key, value }))];
  }
  return encodeModel(model);
}

function endOf({ name, width, derive }: RewrittenOutput, value: string) {
  const [floats, derived] = [`outsider/${name}/floats`, `outsider/${name}/derived`];
  const { nodes = [], constants = [] } = derive?.(floats, derived) ?? {};
  const last = derive ? derived : floats;
  return {
    nodes: [
      buildNode('Cast', [value], floats, { to: elementTypes.float32 }),
      ...nodes,
      width === undefined ? buildNode('Identity', [last], name) : buildNode('Flatten', [last], name, { axis: 1 }),
    ],
    constants: constants ?? [],
  };
}

function prune(graph: OnnxGraph): void {
  const needed = createValueFlow(graph).sourcesOf((graph.output ?? []).map(({ name }) => name ?? ''));
  graph.node = graph.node?.filter((node) => outputsOf(node).some((value) => needed.has(value)));
  graph.initializer = graph.initializer?.filter(({ name }) => needed.has(name ?? ''));
  graph.sparseInitializer = graph.sparseInitializer?.filter(({ values }) => needed.has(values?.name ?? ''));
}
