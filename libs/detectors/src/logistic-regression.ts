import { multiplyVector } from '@outsider/linalg';
import type { Detector } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { searchLogisticGrid, tutorialGrid } from './grid-search.ts';
import { parseOptions } from './parse-options.ts';
import { readLayer } from './read-activations.ts';
import { readSupervised } from './read-supervised.ts';

export interface LogisticRegressionOptions {
  readonly layer: FeatureLayer;
  /** Inverse strengths of the L2 penalty to choose from. */
  readonly c: readonly number[];
  /** Tolerances of the gradient to choose from. */
  readonly tol: readonly number[];
  /** Of the cross-validation that chooses; fewer where there are fewer samples of a kind. */
  readonly folds: number;
  readonly balanced: boolean;
}

export interface LogisticRegressionModel {
  readonly layer: FeatureLayer;
  /** The log-odds of being irrelevant are weights · activation + intercept; shape [d]. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** What the grid search chose, and its mean log loss on folds left out. */
  readonly c: number;
  readonly tol: number;
  readonly logLoss: number;
}

const defaults: LogisticRegressionOptions = { layer: 'relevant_layer', ...tutorialGrid };

/**
 * The tutorial's detector: logistic regression of irrelevant against in-distribution activations. Learns the irrelevant
 * images that it is shown; judge it by groups that it was not (see leave-one-group-out.ts).
 *
 * The score is the log-odds of being irrelevant.
 */
export const logisticRegression: Detector<LogisticRegressionModel, LogisticRegressionOptions> = {
  name: 'logistic-regression',
  formatVersion: 1,
  supervised: true,
  defaults,
  layers: ({ layer }) => [layer],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('logistic-regression', options, defaults, {
      layer: featureLayerRule,
      c: { kind: 'numbers', min: 1e-6, max: 1e6 },
      tol: { kind: 'numbers', min: 1e-12, max: 1 },
      folds: { kind: 'integer', min: 2, max: 20 },
      balanced: { kind: 'boolean' },
    }),
  fit(input, { layer, c, tol, folds, balanced }, control) {
    const { x, labels, scarcest } = readSupervised(input, layer, 'logistic-regression');
    const grid = { c, tol, balanced, folds: Math.min(folds, scarcest) };
    const { best, model } = searchLogisticGrid(x, labels, 2, grid, control);
    return {
      layer,
      weights: model.weights.data,
      intercept: model.intercepts[0],
      c: best.c,
      tol: best.tol,
      logLoss: best.logLoss,
    };
  },
  score({ layer, weights, intercept }, activations) {
    const x = readLayer(activations, layer, weights.length);
    return multiplyVector(x, weights).map((margin) => margin + intercept);
  },
};
