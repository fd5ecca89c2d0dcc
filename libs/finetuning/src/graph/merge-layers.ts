import type { LayerGraph, LayerSpec } from './layer-graph.ts';

export type Convolution = Extract<LayerSpec, { kind: 'conv' | 'depthwise-conv' }>;
export type BatchNorm = Extract<LayerSpec, { kind: 'batch-norm' }>;

/** A graph whose convolutions do the work of the normalisations and activations that followed them. */
export interface MergedGraph {
  /** Convolutions with a merged normalisation have a bias. */
  readonly graph: LayerGraph;
  /** Convolution → the normalisation merged into it. */
  readonly norms: ReadonlyMap<string, BatchNorm>;
}

/**
 * The same network with every batch normalisation, and then every activation, merged into the convolution before it.
 * One that follows something else than a linear convolution of its own is left in place.
 */
export function mergeLayers(graph: LayerGraph): MergedGraph {
  const readers = countReaders(graph);
  const norms = new Map<string, BatchNorm>();
  const layers = new Map<string, LayerSpec>();
  /** What a removed layer's readers read instead. */
  const replaced = new Map<string, string>();
  const resolve = (name: string) => replaced.get(name) ?? name;

  for (const layer of graph.layers) {
    const inputs = layer.inputs.map(resolve);
    const before = layers.get(inputs[0]);
    const mergeable =
      before && isConvolution(before) && before.activation === 'linear' && readers.get(layer.inputs[0]) === 1;
    if (mergeable && layer.kind === 'batch-norm' && !norms.has(before.name)) {
      norms.set(before.name, layer);
      layers.set(before.name, { ...before, bias: true });
      replaced.set(layer.name, before.name);
    } else if (mergeable && layer.kind === 'activation') {
      layers.set(before.name, { ...before, activation: layer.activation });
      replaced.set(layer.name, before.name);
    } else {
      layers.set(layer.name, { ...layer, inputs });
    }
  }
  const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([output, layer]) => [output, resolve(layer)]));
  return { graph: { ...graph, layers: [...layers.values()], outputs }, norms };
}

/** Under which name a convolution keeps its kernel. */
export function kernelPart({ kind }: Convolution): 'kernel' | 'depthwise_kernel' {
  return kind === 'conv' ? 'kernel' : 'depthwise_kernel';
}

function isConvolution(layer: LayerSpec): layer is Convolution {
  return layer.kind === 'conv' || layer.kind === 'depthwise-conv';
}

/** How many layers and outputs read each layer: one that is also read elsewhere must keep its value. */
function countReaders(graph: LayerGraph): Map<string, number> {
  const readers = new Map<string, number>();
  for (const name of [...graph.layers.flatMap((layer) => layer.inputs), ...Object.values(graph.outputs)]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  return readers;
}
