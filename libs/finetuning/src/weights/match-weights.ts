import { CorruptDataError } from '@outsider/domain';
import type { LayerGraph } from '../graph/layer-graph.ts';
import type { StoredLayer } from './read-keras-h5.ts';
import { requiredWeights, type Weights, type WeightTensor } from './weights.ts';

const kerasNames = new Set(['kernel', 'depthwise_kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance']);

/**
 * The weights of a graph out of what a file stores, whatever of Keras' naming habits it has:
 *
 * - `layer/kernel:0`, the usual one, also where the layer sits in a model within the model;
 * - names that say nothing (`block1_conv1_W_1:0`, the oldest files): then the position within the layer counts;
 * - layers that Keras numbered itself: `conv2d_95` of a second model in one session, or `conv2d_1` where later versions
 *   begin with `conv2d`, is the same layer by its rank among its kind.
 *
 * Weights that the graph does not know are left out; shapes are the caller's to check.
 *
 * @throws {CorruptDataError} when a layer holds fewer weights than the graph needs and does not name them
 */
export function matchWeights(graph: LayerGraph, stored: readonly StoredLayer[]): Weights {
  const partsOf = new Map<string, string[]>();
  for (const name of requiredWeights(graph).keys()) {
    const [layer, part] = splitName(name);
    partsOf.set(layer!, [...(partsOf.get(layer!) ?? []), part]);
  }
  const owners = stored.flatMap(({ name, weights }) => weights.map((weight) => splitName(weight.name)[0] ?? name));
  const renamed = matchNumbers([...partsOf.keys()], owners);

  const matched = new Map<string, WeightTensor>();
  for (const { name: group, weights } of stored) {
    weights.forEach(({ name, tensor }, position) => {
      const [owner, part] = splitName(name);
      const layer = renamed.get(owner ?? group) ?? owner ?? group;
      const parts = partsOf.get(layer);
      if (!parts) return;
      matched.set(`${layer}/${partOf(parts, part, position, `${group}/${name}`)}`, tensor);
    });
  }
  return matched;
}

/** `a/layer/kernel:0` → `layer`, `kernel`. */
function splitName(name: string): [layer: string | undefined, part: string] {
  const path = name.replace(/:\d+$/, '').split('/');
  return [path[path.length - 2], path[path.length - 1]];
}

function partOf(parts: readonly string[], stored: string, position: number, name: string): string {
  if (parts.includes(stored)) return stored;
  // Keras 3 calls a depthwise kernel simply a kernel.
  if (stored === 'kernel' && parts.includes('depthwise_kernel')) return 'depthwise_kernel';
  if (kerasNames.has(stored)) return stored;
  if (position >= parts.length) throw new CorruptDataError(`weight "${name}" is one more than its layer has`);
  return parts[position];
}

/** Stored name → name in the graph, for the kinds that Keras numbered: the i-th of a kind is the i-th. */
function matchNumbers(wanted: readonly string[], stored: readonly string[]): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const storedKinds = byKind(stored);
  for (const [kind, names] of byKind(wanted)) {
    storedKinds.get(kind)?.forEach((name, rank) => {
      if (rank < names.length) renamed.set(name, names[rank]);
    });
  }
  return renamed;
}

function byKind(layers: readonly string[]): Map<string, string[]> {
  const numbered = new Map<string, { name: string; number: number }[]>();
  for (const name of new Set(layers)) {
    const [, kind, number = '0'] = /^(conv2d|depthwise_conv2d|batch_normalization)(?:_(\d+))?$/.exec(name) ?? [];
    if (kind) numbered.set(kind, [...(numbered.get(kind) ?? []), { name, number: Number(number) }]);
  }
  return new Map(
    [...numbered].map(([kind, layersOfKind]) => [
      kind,
      layersOfKind.sort((a, b) => a.number - b.number).map(({ name }) => name),
    ]),
  );
}
