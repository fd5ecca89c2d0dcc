import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnx-model.ts';

/** Who makes and who reads the values of a graph; nodes are in an order in which they can be computed. */
export interface ValueFlow {
  readonly nodes: readonly OnnxNode[];
  /** The node that makes a value; undefined for inputs and constants. */
  producerOf(value: string): OnnxNode | undefined;
  /** A constant's tensor, be it an initializer or the output of a Constant node. */
  constantOf(value: string): OnnxTensor | undefined;
  /** The values that depend on `value`, itself included. */
  dependentsOf(value: string): ReadonlySet<string>;
  /** The values that `values` depend on, themselves included. */
  sourcesOf(values: readonly string[]): ReadonlySet<string>;
}

export function createValueFlow(graph: OnnxGraph): ValueFlow {
  const nodes = graph.node ?? [];
  const producers = new Map<string, OnnxNode>();
  const constants = new Map<string, OnnxTensor>();
  for (const tensor of graph.initializer ?? []) constants.set(tensor.name ?? '', tensor);
  for (const node of nodes) {
    const outputs = outputsOf(node);
    for (const output of outputs) producers.set(output, node);
    const stored = node.opType === 'Constant' ? node.attribute?.find(({ name }) => name === 'value')?.t : undefined;
    if (stored) constants.set(outputs[0], stored);
  }
  return {
    nodes,
    producerOf: (value) => producers.get(value),
    constantOf: (value) => constants.get(value),
    dependentsOf(value) {
      const dependents = new Set([value]);
      for (const node of nodes) {
        if (!readsOf(node).some((read) => dependents.has(read))) continue;
        for (const output of outputsOf(node)) dependents.add(output);
      }
      return dependents;
    },
    sourcesOf(values) {
      const sources = new Set(values);
      for (const node of [...nodes].reverse()) {
        if (!outputsOf(node).some((output) => sources.has(output))) continue;
        for (const read of readsOf(node)) sources.add(read);
      }
      return sources;
    },
  };
}

/** The named outputs of a node; optional ones that are left out have an empty name. */
export function outputsOf({ output }: OnnxNode): string[] {
  return (output ?? []).filter((name) => name !== '');
}

/** Everything a node reads: its inputs, and what the bodies of its branches and loops take from around them. */
export function readsOf({ input, attribute }: OnnxNode): string[] {
  const inner = (attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]);
  return [...(input ?? []).filter((name) => name !== ''), ...inner.flatMap(takenFromAround)];
}

function takenFromAround(body: OnnxGraph): string[] {
  const own = new Set([
    ...(body.input ?? []).map(({ name }) => name),
    ...(body.initializer ?? []).map(({ name }) => name),
    ...(body.node ?? []).flatMap(outputsOf),
  ]);
  const read = [...(body.node ?? []).flatMap(readsOf), ...(body.output ?? []).map(({ name }) => name ?? '')];
  return read.filter((name) => !own.has(name));
}
