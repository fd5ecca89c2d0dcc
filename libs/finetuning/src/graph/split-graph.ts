import { InvalidArgumentError } from '@outsider/domain';
import { inferShapes } from './infer-shapes.ts';
import { imageInput, type LayerGraph } from './layer-graph.ts';

/** A network in two parts: what the first emits as `cut` is the "image" of the second. */
export interface SplitGraph {
  /** Output `cut`: the layer that the trained part reads, [height, width, channels]. */
  readonly frozen: LayerGraph;
  /** The outputs of the whole graph. */
  readonly trained: LayerGraph;
}

/**
 * Cuts a network before `firstTrainedLayer`: that layer and all that follow it in the list are the trained part.
 *
 * @throws {InvalidArgumentError} when there is no such layer, or the trained part would read more than one layer of the
 *   frozen part
 */
export function splitGraph(graph: LayerGraph, firstTrainedLayer: string): SplitGraph {
  const at = graph.layers.findIndex((layer) => layer.name === firstTrainedLayer);
  if (at < 0) throw new InvalidArgumentError(`this network has no layer "${firstTrainedLayer}" to train from`);
  const [below, above] = [graph.layers.slice(0, at), graph.layers.slice(at)];
  const outside = new Set([imageInput, ...below.map((layer) => layer.name)]);
  const crossing = new Set(
    [...above.flatMap((layer) => layer.inputs), ...Object.values(graph.outputs)].filter((name) => outside.has(name)),
  );
  const [cut, ...others] = crossing;
  if (others.length > 0) {
    throw new InvalidArgumentError(
      `what is trained from "${firstTrainedLayer}" on reads several layers before it (${[...crossing].join(', ')}); choose the first layer of a block`,
    );
  }
  const shape = inferShapes(graph).get(cut) as LayerGraph['inputShape'];
  if (shape.length !== 3)
    throw new InvalidArgumentError(`"${firstTrainedLayer}" reads vectors; train from a layer that reads images`);
  const rename = (name: string) => (name === cut ? imageInput : name);
  return {
    frozen: { inputShape: graph.inputShape, layers: below, outputs: { cut } },
    trained: {
      inputShape: shape,
      layers: above.map((layer) => ({ ...layer, inputs: layer.inputs.map(rename) })),
      outputs: graph.outputs,
    },
  };
}
