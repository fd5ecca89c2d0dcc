import { columnMeans, normaliseRows } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import { classMeans } from './class-means.ts';
import type { Detector } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { rowBlocks } from './row-blocks.ts';
import { fitShrunkGaussian, type ShrunkGaussian, squaredMahalanobisTo } from './shrunk-gaussian.ts';

export interface MdsOptions {
  readonly layer: FeatureLayer;
}

export interface MdsModel {
  readonly layer: FeatureLayer;
  readonly gaussian: ShrunkGaussian;
}

const defaults: MdsOptions = { layer: 'relevant_layer' };

/**
 * MDS++: squared Mahalanobis distance to the nearest class mean, of features of length one, under one covariance that
 * all classes share, shrunk as Ledoit and Wolf say. Length one and shrinkage are what it owes its place to: with a
 * plain inverse and fewer images than dimensions, training images lie farther out than others.
 *
 * @see Lee et al. 2018, https://arxiv.org/abs/1807.03888; Müller and Hein 2025, https://arxiv.org/abs/2505.18032
 */
export const mds: Detector<MdsModel, MdsOptions> = {
  name: 'mds',
  formatVersion: 3,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => false,
  parseOptions: (options) => parseOptions('mds', options, defaults, { layer: featureLayerRule }),
  fit(input, { layer }, control) {
    checkpoint(control, 0);
    const unit = normaliseRows(readFitLayer(input, layer, 'mds'));
    const { means, labels } = classMeans(unit, input.labels);
    checkpoint(control, 0.1, 'covariance');
    const gaussian = fitShrunkGaussian(unit, means, columnMeans(unit), labels);
    checkpoint(control, 1);
    return { layer, gaussian };
  },
  score({ layer, gaussian }, activations) {
    const x = readLayer(activations, layer, gaussian.centres.cols);
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, x.cols)) {
      const { cols, data } = squaredMahalanobisTo(gaussian, normaliseRows(block));
      for (let i = 0; i < block.rows; i++) scores[from + i] = smallestOf(data, i * cols, cols);
    }
    return scores;
  },
};

function smallestOf(values: Float64Array, from: number, count: number): number {
  let smallest = values[from];
  for (let j = 1; j < count; j++) smallest = Math.min(smallest, values[from + j]);
  return smallest;
}
