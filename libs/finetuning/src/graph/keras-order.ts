import { imageInput, type LayerGraph, type LayerSpec } from './layer-graph.ts';

/**
 * The same graph with its layers in the order of Keras' `model.layers`, which recipes count in ("train from layer 80
 * up"; Keras counts the input layer as 0, so its layer i is `layers[i - 1]` here).
 *
 * Keras puts the layers farthest from the output first; layers equally far come in the order in which a depth-first
 * walk from the output meets them. Layers that no output needs are not part of a Keras model, and are left out.
 *
 * @see `map_graph` in keras/src/ops/function.py
 */
export function inKerasOrder(graph: LayerGraph): LayerGraph {
  const byName = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const met = new Map<string, number>();
  const inputsFirst: LayerSpec[] = [];
  function walk(name: string): void {
    const layer = byName.get(name);
    if (!layer || met.has(name)) return;
    met.set(name, met.size);
    layer.inputs.forEach(walk);
    inputsFirst.push(layer);
  }
  Object.values(graph.outputs).forEach(walk);

  const distance = new Map<string, number>();
  for (const { name, inputs } of inputsFirst.reverse()) {
    const own = distance.get(name) ?? 0;
    distance.set(name, own);
    for (const input of inputs) {
      if (input !== imageInput) distance.set(input, Math.max(own + 1, distance.get(input) ?? 0));
    }
  }
  const layers = inputsFirst.sort(
    (a, b) => distance.get(b.name)! - distance.get(a.name)! || met.get(a.name)! - met.get(b.name)!,
  );
  return { ...graph, layers };
}
