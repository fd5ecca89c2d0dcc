import {
  fitStandardiser,
  multiplyTransposed,
  squaredNorms,
  standardise,
  toFloat32,
  type Matrix,
  type Standardiser,
} from '@outsider/linalg';
import { checkpoint, partOf } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { parseOptions } from './parse-options.ts';
import { principalSubspace } from './principal-subspace.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { rowBlocks } from './row-blocks.ts';

export interface NecoOptions {
  readonly layer: FeatureLayer;
  /** Share of the variance that the principal subspace keeps, in (0, 1]. */
  readonly variance: number;
}

export interface NecoModel {
  readonly layer: FeatureLayer;
  readonly standardiser: Standardiser;
  /** Orthonormal rows in float32, shape [dimensions, d]. */
  readonly principal: Matrix;
}

const defaults: NecoOptions = { layer: 'relevant_layer', variance: 0.9 };

/**
 * Neural collapse: the share of a standardised feature that lies in the principal subspace of the in-distribution
 * ones, −‖P z̃‖ / ‖z̃‖, in [−1, 0]. A feature at the mean has no direction and counts −1, in-distribution.
 *
 * Features without variance are centred and not scaled.
 *
 * @see Ben Ammar et al. 2024, https://arxiv.org/abs/2310.06823 (without its optional factor, the largest logit)
 */
export const neco: Detector<NecoModel, NecoOptions> = {
  name: 'neco',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('neco', options, defaults, {
      layer: featureLayerRule,
      variance: { kind: 'number', min: 0.01, max: 1 },
    }),
  fit(input, { layer, variance }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'neco');
    const standardiser = fitStandardiser(x);
    checkpoint(control, 0.1, 'principal subspace');
    const { directions } = principalSubspace(
      standardise(x, standardiser),
      (values) => dimensionsFor(values, variance),
      partOf(control, 0.1, 1),
    );
    checkpoint(control, 1);
    return { layer, standardiser, principal: toFloat32(directions) };
  },
  score({ layer, standardiser, principal }, activations) {
    const x = readLayer(activations, layer, standardiser.mean.length);
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, x.cols)) {
      const z = standardise(block, standardiser);
      const totals = squaredNorms(z);
      const inside = principal.rows > 0 ? squaredNorms(multiplyTransposed(z, principal)) : new Float64Array(z.rows);
      for (let i = 0; i < block.rows; i++) scores[from + i] = totals[i] > 0 ? -Math.sqrt(inside[i] / totals[i]) : -1;
    }
    return scores;
  },
};

/** The fewest leading dimensions that hold `variance` of the sum of all. */
function dimensionsFor(values: Float64Array, variance: number): number {
  const target = variance * values.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    sum += values[k];
    if (sum >= target) return k + 1;
  }
  return values.length;
}
