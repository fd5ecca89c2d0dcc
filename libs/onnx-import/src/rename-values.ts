import type { OnnxGraph } from './onnx-model.ts';

/** Renames values everywhere in a graph, bodies of branches and loops included. Changes `graph`. */
export function renameValues(graph: OnnxGraph, names: ReadonlyMap<string, string>): void {
  const renamed = (name: string): string => names.get(name) ?? name;
  for (const one of [...(graph.input ?? []), ...(graph.output ?? []), ...(graph.initializer ?? [])]) {
    one.name = renamed(one.name ?? '');
  }
  for (const node of graph.node ?? []) {
    node.input = node.input?.map(renamed);
    node.output = node.output?.map(renamed);
    for (const { g, graphs } of node.attribute ?? []) {
      if (g) renameValues(g, names);
      for (const body of graphs ?? []) renameValues(body, names);
    }
  }
}

/** The names of all values that a graph makes, takes or holds. */
export function valueNames(graph: OnnxGraph): Set<string> {
  return new Set([
    ...[...(graph.input ?? []), ...(graph.initializer ?? [])].map(({ name }) => name ?? ''),
    ...(graph.node ?? []).flatMap(({ output }) => output ?? []),
  ]);
}
