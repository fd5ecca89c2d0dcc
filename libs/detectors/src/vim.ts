import {
  addScaled,
  columnMeans,
  dot,
  gramOfRows,
  multiplyTransposed,
  multiplyVector,
  row,
  squaredNorms,
  subtractMean,
  symmetricEigen,
  toFloat32,
  type Float64Matrix,
  type Matrix,
} from '@outsider/linalg';
import { checkpoint, partOf } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { type HeadLayer, headLayerRule } from './feature-layer.ts';
import { indexOfLargest, logSumExp } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { principalSubspace } from './principal-subspace.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { type Head, logitsOf, readHead } from './read-head.ts';
import { rowBlocks } from './row-blocks.ts';

export interface VimOptions {
  /** The layer that the output layer reads. */
  readonly layer: HeadLayer;
  /**
   * Dimensions of the principal subspace. Taken down to half of min(n, d) where that is less: with as many as images,
   * the images it was fitted on would have no residual, and α no meaning.
   */
  readonly dimensions: number;
}

export interface VimModel {
  readonly layer: HeadLayer;
  readonly head: Head;
  /** μ, the in-distribution mean, shape [d]. */
  readonly mean: Float64Array;
  /** R(μ − u), shape [d]: u may lie far away, so it is taken out once and for all, in float64. */
  readonly offset: Float64Array;
  /** Orthonormal rows of the principal subspace in float32, shape [dimensions, d]. */
  readonly principal: Matrix;
  /** α: how much residual weighs as much as a logit. */
  readonly alpha: number;
}

const defaults: VimOptions = { layer: 'relevant_layer', dimensions: 256 };

/**
 * Virtual-logit matching: α ‖R(z − u)‖ − lse(l), where R drops the principal subspace of the in-distribution features
 * around u = −W⁺b, and α makes the mean residual as large as the mean of the largest logit.
 *
 * Only the principal directions are stored: with r = R(μ − u), the squared residual is
 * ‖z − μ‖² − ‖P(z − μ)‖² + 2 (z − μ)·r + ‖r‖².
 *
 * @see Wang et al. 2022, https://arxiv.org/abs/2203.10807
 */
export const vim: Detector<VimModel, VimOptions> = {
  name: 'vim',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => true,
  parseOptions: (options) =>
    parseOptions('vim', options, defaults, {
      layer: headLayerRule,
      dimensions: { kind: 'integer', min: 1, max: 100_000 },
    }),
  fit(input, { layer, dimensions }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'vim');
    const head = readHead(input, x.cols, 'vim');
    const origin = originOf(head);
    checkpoint(control, 0.1, 'principal subspace');
    const most = Math.max(1, Math.floor(Math.min(x.rows, x.cols) / 2));
    const { directions } = principalSubspace(
      subtractMean(x, origin),
      () => Math.min(dimensions, most),
      partOf(control, 0.1, 0.9),
    );
    const principal = toFloat32(directions);
    const mean = columnMeans(x);
    const offset = outsideOf(
      directions,
      mean.map((value, j) => value - origin[j]),
    );
    checkpoint(control, 0.9, 'scale of the residual');

    let largestLogits = 0;
    let residuals = 0;
    let sizes = 0;
    for (const { block } of rowBlocks(x, x.cols)) {
      const logits = logitsOf(head, block);
      const centred = subtractMean(block, mean);
      const residualsOfBlock = residualNorms(centred, principal, offset);
      for (let i = 0; i < block.rows; i++) {
        largestLogits += logits.data[i * logits.cols + indexOfLargest(logits.data, i * logits.cols, logits.cols)];
        residuals += residualsOfBlock[i];
      }
      for (const squared of squaredNorms(centred)) sizes += Math.sqrt(squared);
    }
    checkpoint(control, 1);
    // Residuals that are only rounding carry nothing. A negative mean logit must not turn the residual around.
    const alpha = residuals > sizes * 1e-7 ? Math.abs(largestLogits) / residuals : 0;
    return { layer, head, mean, offset, principal, alpha };
  },
  score({ layer, head, mean, offset, principal, alpha }, activations) {
    const x = readLayer(activations, layer, head.weights.cols);
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, x.cols)) {
      const { cols, data: logits } = logitsOf(head, block);
      const residuals = residualNorms(subtractMean(block, mean), principal, offset);
      for (let i = 0; i < block.rows; i++) scores[from + i] = alpha * residuals[i] - logSumExp(logits, i * cols, cols);
    }
    return scores;
  },
};

/** ‖R(z − u)‖ of each centred row z − μ, shape [n]. */
function residualNorms(centred: Float64Matrix, principal: Matrix, offset: Float64Array): Float64Array {
  const residuals = squaredNorms(centred);
  const inside =
    principal.rows > 0 ? squaredNorms(multiplyTransposed(centred, principal)) : new Float64Array(centred.rows);
  const along = multiplyVector(centred, offset);
  const constant = dot(offset, offset);
  for (let i = 0; i < residuals.length; i++) {
    residuals[i] = Math.sqrt(Math.max(0, residuals[i] - inside[i] + 2 * along[i] + constant));
  }
  return residuals;
}

/** R v = v − Pᵀ P v, twice, so that what rounding left of the large part goes, too. */
function outsideOf(directions: Matrix, v: Float64Array): Float64Array {
  const outside = Float64Array.from(v);
  for (let pass = 0; pass < 2; pass++) {
    for (let k = 0; k < directions.rows; k++) addScaled(outside, -dot(row(directions, k), outside), row(directions, k));
  }
  return outside;
}

/** u = −W⁺b through the eigenvectors of W·Wᵀ, leaving out those that are zero but for rounding. */
function originOf({ weights, bias }: Head): Float64Array {
  const { values, vectors } = symmetricEigen(gramOfRows(weights));
  const origin = new Float64Array(weights.cols);
  for (let k = 0; k < values.length && values[k] > values[0] * 1e-12; k++) {
    const vector = row(vectors, k);
    let along = 0;
    for (let c = 0; c < bias.length; c++) along += vector[c] * bias[c];
    for (let c = 0; c < bias.length; c++) {
      const factor = (along * vector[c]) / values[k];
      for (let j = 0; j < weights.cols; j++) origin[j] -= factor * weights.data[c * weights.cols + j];
    }
  }
  return origin;
}
