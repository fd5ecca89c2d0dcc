import type { LayerGraph } from '../graph/layer-graph.ts';
import { seededRandom } from '../seeded-random.ts';
import { requiredWeights, type Weights, type WeightTensor } from './weights.ts';

/**
 * Random weights that keep activations at the scale of the input: He-initialised kernels, and batch-norm statistics
 * away from 0 and 1, so that an error in folding them cannot hide. The seed fixes every number.
 */
export function randomWeights(graph: LayerGraph, seed: number): Weights {
  const random = seededRandom(seed);
  const weights = new Map<string, WeightTensor>();
  for (const [name, shape] of requiredWeights(graph)) {
    const length = shape.reduce((product, side) => product * side, 1);
    weights.set(name, { shape, data: Float32Array.from({ length }, drawFor(name, length / shape[shape.length - 1])) });
  }
  return weights;

  function drawFor(name: string, fanIn: number): () => number {
    switch (name.slice(name.lastIndexOf('/') + 1)) {
      case 'gamma':
        return () => 1 + 0.2 * random.normal();
      case 'moving_variance':
        return () => 0.5 + random.uniform();
      case 'kernel':
      case 'depthwise_kernel':
        return () => Math.sqrt(2 / fanIn) * random.normal();
      default:
        return () => 0.1 * random.normal();
    }
  }
}
