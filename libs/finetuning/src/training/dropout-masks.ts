import * as tf from '@tensorflow/tfjs';
import { inferShapes } from '../graph/infer-shapes.ts';
import type { LayerGraph } from '../graph/layer-graph.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { InputMasks } from './backpropagate.ts';

/** How many numbers an image the named layers read; each reads a vector. */
export function inputWidths(graph: LayerGraph, names: readonly string[]): ReadonlyMap<string, number> {
  const shapes = inferShapes(graph);
  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
  return new Map(names.map((name) => [name, shapes.get(layers.get(name)!.inputs[0])![0]]));
}

/**
 * What the inputs of layers are multiplied with in one step: 0 for what is left out, 1 / (1 − rate) for the rest.
 *
 * @param widths by layer, from {@link inputWidths}
 * @returns by layer, shape [n, width]; none when nothing is left out
 */
export function dropoutMasks(
  widths: ReadonlyMap<string, number>,
  n: number,
  rate: number,
  random: SeededRandom,
): InputMasks {
  if (rate === 0) return {};
  const kept = 1 / (1 - rate);
  return Object.fromEntries(
    [...widths].map(([name, width]) => {
      const mask = Float32Array.from({ length: n * width }, () => (random.uniform() < rate ? 0 : kept));
      return [name, tf.tensor2d(mask, [n, width])];
    }),
  );
}
