import { largestIndices, multiplyTransposed, row } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { type HeadLayer, headLayerRule } from './feature-layer.ts';
import { logSumExp } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { rowBlocks } from './row-blocks.ts';
import { type Head, readHead } from './read-head.ts';

export interface ScaleOptions {
  /** The layer that the output layer reads. */
  readonly layer: HeadLayer;
  /** p: the share of the activation above this percentile of its own image steers the scaling. */
  readonly percentile: number;
}

export interface ScaleModel {
  readonly layer: HeadLayer;
  readonly head: Head;
  readonly percentile: number;
}

const defaults: ScaleOptions = { layer: 'relevant_layer', percentile: 85 };

/**
 * Energy after scaling an image's features by exp(r), r = their sum / the sum of their top (100 − p) %: images whose
 * activation is spread thin, rather than held by a few neurons, are scaled up.
 *
 * The paper has z ≥ 0 (after a ReLU). A layer that can be negative, such as the tutorial's ELU, is summed over its
 * positive part, so that r ≥ 1 keeps its meaning; with no positive activation at all r is 1. r is at most d / k where
 * k of d neurons are on top, and is clamped to 100, far below overflow.
 *
 * @see Xu et al. 2024, https://arxiv.org/abs/2310.00227
 */
export const scale: Detector<ScaleModel, ScaleOptions> = {
  name: 'scale',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => true,
  parseOptions: (options) =>
    parseOptions('scale', options, defaults, {
      layer: headLayerRule,
      percentile: { kind: 'number', min: 0, max: 99.9 },
    }),
  fit(input, { layer, percentile }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'scale');
    checkpoint(control, 1);
    return { layer, head: readHead(input, x.cols, 'scale'), percentile };
  },
  score({ layer, head, percentile }, activations) {
    const x = readLayer(activations, layer, head.weights.cols);
    const classes = head.bias.length;
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, classes)) {
      // W(z eʳ) + b = eʳ (Wz) + b: the features themselves need not be scaled.
      const { data } = multiplyTransposed(block, head.weights);
      for (let i = 0; i < block.rows; i++) {
        const factor = Math.exp(Math.min(100, spreadOf(row(block, i), percentile)));
        for (let c = 0; c < classes; c++) data[i * classes + c] = data[i * classes + c] * factor + head.bias[c];
        scores[from + i] = -logSumExp(data, i * classes, classes);
      }
    }
    return scores;
  },
};

/** r of one image. */
function spreadOf(z: Float32Array | Float64Array, percentile: number): number {
  const positive = z.map((value) => Math.max(value, 0));
  const onTop = Math.max(1, z.length - roundHalfToEven((z.length * percentile) / 100));
  let total = 0;
  for (const value of positive) total += value;
  let top = 0;
  for (const j of largestIndices(positive, onTop)) top += positive[j];
  return top > 0 ? total / top : 1;
}

/** As numpy rounds, and the paper's code with it. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
