import { kthSmallest } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { type HeadLayer, headLayerRule } from './feature-layer.ts';
import { logSumExp } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { type Head, logitsOf, readHead } from './read-head.ts';
import { rowBlocks } from './row-blocks.ts';

export interface ReactOptions {
  /** The layer that the output layer reads. */
  readonly layer: HeadLayer;
  /** Activations above this percentile of all in-distribution activations are cut down to it. */
  readonly percentile: number;
}

export interface ReactModel {
  readonly layer: HeadLayer;
  readonly head: Head;
  /** τ: no activation counts for more. */
  readonly ceiling: number;
}

const defaults: ReactOptions = { layer: 'relevant_layer', percentile: 90 };

/**
 * Energy after rectifying the features: −log Σ exp of the logits of min(z, τ). Novel images owe their confidence to
 * few very large activations.
 *
 * @see Sun et al. 2021, https://arxiv.org/abs/2111.12797
 */
export const react: Detector<ReactModel, ReactOptions> = {
  name: 'react',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => true,
  parseOptions: (options) =>
    parseOptions('react', options, defaults, {
      layer: headLayerRule,
      percentile: { kind: 'number', min: 1, max: 100 },
    }),
  fit(input, { layer, percentile }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'react');
    checkpoint(control, 1);
    return {
      layer,
      head: readHead(input, x.cols, 'react'),
      ceiling: percentileOf(x.data, percentile),
    };
  },
  score({ layer, head, ceiling }, activations) {
    const x = readLayer(activations, layer, head.weights.cols);
    const classes = head.bias.length;
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, classes)) {
      const rectified = { ...block, data: block.data.map((z) => Math.min(z, ceiling)) };
      const { data: logits } = logitsOf(head, rectified);
      for (let i = 0; i < block.rows; i++) scores[from + i] = -logSumExp(logits, i * classes, classes);
    }
    return scores;
  },
};

/** The percentile with linear interpolation between order statistics, as numpy's default. */
function percentileOf(values: Float32Array | Float64Array, percentile: number): number {
  const position = ((values.length - 1) * percentile) / 100;
  const below = Math.floor(position);
  const upper = kthSmallest(values, Math.min(below + 2, values.length));
  const lower = kthSmallest(values, below + 1);
  return lower + (position - below) * (upper - lower);
}
