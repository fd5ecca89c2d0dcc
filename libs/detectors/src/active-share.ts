import type { Matrix } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import type { Detector, FitInput } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';

export interface ActiveShareOptions {
  readonly layer: FeatureLayer;
  /** Which shares are novel. `learned` takes the side of the irrelevant images, and both sides when there are none. */
  readonly direction: 'learned' | 'higher' | 'lower' | 'both';
}

export interface ActiveShareModel {
  readonly layer: FeatureLayer;
  readonly cols: number;
  readonly direction: 'higher' | 'lower' | 'both';
  /** Mean share of the in-distribution images, in [0, 1]. */
  readonly mean: number;
  /** Standard deviation of their shares; 1 where all are equal. */
  readonly deviation: number;
}

const defaults: ActiveShareOptions = { layer: 'relevant_layer', direction: 'learned' };

/**
 * The tutorial's first look: the share of neurons with an activation above zero, in standard deviations from the
 * in-distribution mean. Which side is novel is not fixed: irrelevant images activate more in one network, fewer in
 * another, and in some there is no difference at all.
 */
export const activeShare: Detector<ActiveShareModel, ActiveShareOptions> = {
  name: 'active-share',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('active-share', options, defaults, {
      layer: featureLayerRule,
      direction: { kind: 'choice', of: ['learned', 'higher', 'lower', 'both'] },
    }),
  fit(input, { layer, direction }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'active-share');
    const shares = activeShares(x);
    const mean = average(shares);
    const deviation = Math.sqrt(average(shares.map((share) => (share - mean) ** 2)));
    checkpoint(control, 1);
    return {
      layer,
      cols: x.cols,
      direction: direction === 'learned' ? learnDirection(input, layer, x.cols) : direction,
      mean,
      // Equal shares still give a deviation of some 1e-17: the smallest real difference is one neuron.
      deviation: deviation > 1e-9 ? deviation : 1,
    };
  },
  score({ layer, cols, direction, mean, deviation }, activations) {
    const deviations = activeShares(readLayer(activations, layer, cols)).map((share) => (share - mean) / deviation);
    if (direction === 'both') return deviations.map(Math.abs);
    return direction === 'higher' ? deviations : deviations.map((z) => -z);
  },
};

/** Share of activations above zero of every image, shape [n], in [0, 1]. */
export function activeShares(x: Matrix): Float64Array {
  const { rows, cols, data } = x;
  const shares = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let active = 0;
    for (let j = i * cols; j < (i + 1) * cols; j++) if (data[j] > 0) active++;
    shares[i] = active / cols;
  }
  return shares;
}

/** The side on which more irrelevant than in-distribution images lie, pair by pair (AUROC above one half). */
function learnDirection({ supervised }: FitInput, layer: FeatureLayer, cols: number): ActiveShareModel['direction'] {
  if (!supervised) return 'both';
  const shares = activeShares(readLayer(supervised.activations, layer, cols));
  const irrelevant = shares.filter((_, i) => supervised.irrelevant[i] === 1);
  const inDistribution = shares.filter((_, i) => supervised.irrelevant[i] === 0);
  if (irrelevant.length === 0 || inDistribution.length === 0) return 'both';
  let balance = 0;
  for (const a of irrelevant) for (const b of inDistribution) balance += Math.sign(a - b);
  if (balance === 0) return 'both';
  return balance > 0 ? 'higher' : 'lower';
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
