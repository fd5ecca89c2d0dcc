import {
  cholesky,
  columnMeans,
  matrix,
  normaliseRows,
  solveLower,
  stackRows,
  zeros,
  type Float64Matrix,
  type Matrix,
} from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import { classMeans } from './class-means.ts';
import type { Detector } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { rowBlocks } from './row-blocks.ts';
import { fitShrunkGaussian, type ShrunkGaussian, squaredMahalanobisTo } from './shrunk-gaussian.ts';

export interface RmdsOptions {
  readonly layer: FeatureLayer;
}

export interface RmdsModel {
  readonly layer: FeatureLayer;
  /** Centre 0 is the mean of all images, then one centre for each class. */
  readonly gaussian: ShrunkGaussian;
  /** √(share of the class), shape [classes]. */
  readonly weights: Float64Array;
  /** d²(μ_k, μ) of each class, shape [classes]. */
  readonly spreads: Float64Array;
  /** L with LLᵀ = I + AΣ⁻¹Aᵀ, where A has the rows weights_k · (μ_k − μ). */
  readonly capacitance: Matrix;
}

const defaults: RmdsOptions = { layer: 'relevant_layer' };

/**
 * RMDS++: by how much the nearest class explains a feature of length one better than one Gaussian of all images does,
 * min_k d²_k − d²_0. Directions in which all images vary alike cancel out, so it looks at the plane of the class means
 * alone; with a single class it is zero everywhere.
 *
 * The background covariance is the shrunk covariance Σ within classes plus the scatter of the class means: what the
 * published method has when images abound. Shrinking the two by themselves would, with fewer images than dimensions,
 * give the background the lower floor; every direction without training data would then count as in-distribution, and
 * the scores of novel images come out upside down (AUROC 0.002 on frozen ResNet50 features of cats and dogs).
 *
 * @see Ren et al. 2021, https://arxiv.org/abs/2106.09022; Müller and Hein 2025, https://arxiv.org/abs/2505.18032
 */
export const rmds: Detector<RmdsModel, RmdsOptions> = {
  name: 'rmds',
  formatVersion: 3,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => false,
  parseOptions: (options) => parseOptions('rmds', options, defaults, { layer: featureLayerRule }),
  fit(input, { layer }, control) {
    checkpoint(control, 0);
    const unit = normaliseRows(readFitLayer(input, layer, 'rmds'));
    const { means, labels, counts } = classMeans(unit, input.labels);
    const mean = columnMeans(unit);
    checkpoint(control, 0.1, 'covariance');
    const centres = stackRows([matrix(1, unit.cols, mean), means]);
    const gaussian = fitShrunkGaussian(
      unit,
      centres,
      mean,
      labels.map((label) => label + 1),
    );
    const weights = counts.map((count) => Math.sqrt(count / unit.rows));
    const between = squaredMahalanobisTo(gaussian, centres);
    checkpoint(control, 1);
    return {
      layer,
      gaussian,
      weights,
      spreads: between.data.slice(1, between.cols),
      capacitance: cholesky(capacitanceOf(between, weights)),
    };
  },
  score({ layer, gaussian, weights, spreads, capacitance }, activations) {
    const x = readLayer(activations, layer, gaussian.centres.cols);
    const classes = weights.length;
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, x.cols)) {
      const { data } = squaredMahalanobisTo(gaussian, normaliseRows(block));
      for (let i = 0; i < block.rows; i++) {
        const [toMean, ...toClasses] = data.subarray(i * (classes + 1), (i + 1) * (classes + 1));
        // A Σ⁻¹ (z − μ), from distances: ⟨a, b⟩ = (|a|² + |b|² − |a − b|²) / 2.
        const along = Float64Array.from(weights, (weight, k) => (weight * (toMean + spreads[k] - toClasses[k])) / 2);
        const explained = solveLower(capacitance, matrix(classes, 1, along)).data.reduce((sum, v) => sum + v * v, 0);
        scores[from + i] = Math.min(...toClasses) - (toMean - explained);
      }
    }
    return scores;
  },
};

/** I + AΣ⁻¹Aᵀ from the squared distances between the mean (row 0) and the classes. */
function capacitanceOf(between: Float64Matrix, weights: Float64Array): Float64Matrix {
  const classes = weights.length;
  const distance = (a: number, b: number) => between.data[a * between.cols + b];
  const out = zeros(classes, classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      const inner = (distance(a + 1, 0) + distance(0, b + 1) - distance(a + 1, b + 1)) / 2;
      out.data[a * classes + b] = (a === b ? 1 : 0) + weights[a] * weights[b] * inner;
    }
  }
  return out;
}
