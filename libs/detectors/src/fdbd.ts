import { columnMeans, row, type Matrix } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { type HeadLayer, headLayerRule } from './feature-layer.ts';
import { indexOfLargest } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { type Head, logitsOf, readHead } from './read-head.ts';
import { rowBlocks } from './row-blocks.ts';

export interface FdbdOptions {
  /** The layer that the output layer reads. */
  readonly layer: HeadLayer;
}

export interface FdbdModel {
  readonly layer: HeadLayer;
  readonly head: Head;
  /** μ, the in-distribution mean, shape [d]. */
  readonly mean: Float64Array;
  /** 1 / ‖w_c − w_j‖, shape [classes · classes]; 0 where two classes have the same weights. */
  readonly inverseGaps: Float64Array;
}

const defaults: FdbdOptions = { layer: 'relevant_layer' };

/**
 * How near the decision boundaries a feature is: −(mean over j ≠ c of (l_c − l_j) / ‖w_c − w_j‖) / ‖z − μ‖ for the
 * predicted class c, each term the distance of z to the boundary between c and j. Novel features lie nearer to the
 * boundaries than in-distribution ones at the same distance from the mean.
 *
 * Classes with equal weights have no boundary between them and are left out; so is the division at z = μ. With one
 * class there is no boundary at all, and every score is 0.
 *
 * @see Liu and Qin 2024, https://arxiv.org/abs/2312.11536
 */
export const fdbd: Detector<FdbdModel, FdbdOptions> = {
  name: 'fdbd',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => true,
  parseOptions: (options) => parseOptions('fdbd', options, defaults, { layer: headLayerRule }),
  fit(input, { layer }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'fdbd');
    const head = readHead(input, x.cols, 'fdbd');
    checkpoint(control, 1);
    return { layer, head, mean: columnMeans(x), inverseGaps: inverseGapsOf(head.weights) };
  },
  score({ layer, head, mean, inverseGaps }, activations) {
    const x = readLayer(activations, layer, head.weights.cols);
    const classes = head.bias.length;
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, classes)) {
      const { data: logits } = logitsOf(head, block);
      for (let i = 0; i < block.rows; i++) {
        const sum = distancesToBoundaries(logits, i * classes, inverseGaps, classes);
        const distance = distanceTo(mean, block.data, i * x.cols);
        scores[from + i] = sum === 0 ? 0 : -sum / ((classes - 1) * (distance > 0 ? distance : 1));
      }
    }
    return scores;
  },
};

/** Σ over j of (l_c − l_j) / ‖w_c − w_j‖, c being the predicted class. */
function distancesToBoundaries(logits: Float64Array, from: number, inverseGaps: Float64Array, classes: number): number {
  const c = indexOfLargest(logits, from, classes);
  let sum = 0;
  for (let j = 0; j < classes; j++) sum += (logits[from + c] - logits[from + j]) * inverseGaps[c * classes + j];
  return sum;
}

function inverseGapsOf(weights: Matrix): Float64Array {
  const classes = weights.rows;
  const inverse = new Float64Array(classes * classes);
  for (let c = 0; c < classes; c++) {
    for (let j = 0; j < c; j++) {
      const gap = distanceTo(row(weights, c), weights.data, j * weights.cols);
      inverse[c * classes + j] = gap > 0 ? 1 / gap : 0;
      inverse[j * classes + c] = inverse[c * classes + j];
    }
  }
  return inverse;
}

function distanceTo(point: ArrayLike<number>, data: ArrayLike<number>, from: number): number {
  let sum = 0;
  for (let k = 0; k < point.length; k++) sum += (data[from + k] - point[k]) ** 2;
  return Math.sqrt(sum);
}
