import { columnMeans, row } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { type HeadLayer, headLayerRule } from './feature-layer.ts';
import { indexOfLargest } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { type Head, logitsOf, readHead } from './read-head.ts';
import { rowBlocks } from './row-blocks.ts';

export interface NciOptions {
  /** The layer that the output layer reads. */
  readonly layer: HeadLayer;
  /** α: weight of the feature's size. Depends on the scale of the layer. */
  readonly alpha: number;
}

export interface NciModel {
  readonly layer: HeadLayer;
  readonly head: Head;
  /** μ, the in-distribution mean, shape [d]. */
  readonly mean: Float64Array;
  readonly alpha: number;
}

type Values = Float32Array | Float64Array;

const defaults: NciOptions = { layer: 'relevant_layer', alpha: 1e-4 };

/**
 * Neural collapse: in-distribution features, seen from their mean, point along the weights of their class, and are
 * large. The score is −(w_c · (z − μ) / ‖z − μ‖ + α ‖z‖₁) for the predicted class c. At z = μ the direction is
 * undefined and counts 0.
 *
 * @see Liu and Qin 2023, https://arxiv.org/abs/2311.01479
 */
export const nci: Detector<NciModel, NciOptions> = {
  name: 'nci',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => true,
  parseOptions: (options) =>
    parseOptions('nci', options, defaults, { layer: headLayerRule, alpha: { kind: 'number', min: 0, max: 1e6 } }),
  fit(input, { layer, alpha }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'nci');
    checkpoint(control, 1);
    return { layer, head: readHead(input, x.cols, 'nci'), mean: columnMeans(x), alpha };
  },
  score({ layer, head, mean, alpha }, activations) {
    const x = readLayer(activations, layer, head.weights.cols);
    const classes = head.bias.length;
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, classes)) {
      const { data: logits } = logitsOf(head, block);
      for (let i = 0; i < block.rows; i++) {
        const c = indexOfLargest(logits, i * classes, classes);
        scores[from + i] = -proximity(row(block, i), mean, row(head.weights, c), alpha);
      }
    }
    return scores;
  },
};

/** w · (z − μ) / ‖z − μ‖ + α ‖z‖₁. */
function proximity(z: Values, mean: Values, w: Values, alpha: number): number {
  let along = 0;
  let squared = 0;
  let size = 0;
  for (let k = 0; k < z.length; k++) {
    const residual = z[k] - mean[k];
    along += w[k] * residual;
    squared += residual * residual;
    size += Math.abs(z[k]);
  }
  return (squared > 0 ? along / Math.sqrt(squared) : 0) + alpha * size;
}
