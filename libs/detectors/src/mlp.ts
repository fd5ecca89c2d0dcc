import type { DenseLayer } from './dense-network.ts';
import type { Detector } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { fitMlp, mlpLogOdds, tutorialMlp } from './fit-mlp.ts';
import { parseOptions } from './parse-options.ts';
import { readLayer } from './read-activations.ts';
import { readSupervised } from './read-supervised.ts';

export interface MlpDetectorOptions {
  readonly layer: FeatureLayer;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly dropout: number;
}

export interface MlpModel {
  readonly layer: FeatureLayer;
  readonly layers: readonly DenseLayer[];
}

const defaults: MlpDetectorOptions = { layer: 'relevant_layer', ...tutorialMlp };

/**
 * The tutorial's multilayer perceptron of irrelevant against in-distribution activations. Like logistic regression, it
 * learns the irrelevant images that it is shown.
 *
 * The score is the log-odds of being irrelevant.
 */
export const mlp: Detector<MlpModel, MlpDetectorOptions> = {
  name: 'mlp',
  formatVersion: 1,
  supervised: true,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('mlp', options, defaults, {
      layer: featureLayerRule,
      epochs: { kind: 'integer', min: 1, max: 1000 },
      batchSize: { kind: 'integer', min: 1, max: 100_000 },
      learningRate: { kind: 'number', min: 1e-8, max: 1 },
      dropout: { kind: 'number', min: 0, max: 0.95 },
    }),
  fit(input, { layer, ...training }, control) {
    const { x, labels } = readSupervised(input, layer, 'mlp');
    return { layer, layers: fitMlp(x, labels, { ...training, seed: input.seed }, control) };
  },
  score({ layer, layers }, activations) {
    return mlpLogOdds(layers, readLayer(activations, layer, layers[0].weights.cols));
  },
};
