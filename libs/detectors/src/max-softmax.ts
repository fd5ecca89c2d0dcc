import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { indexOfLargest } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';

export interface LogitsModel {
  readonly classes: number;
}

type NoOptions = Record<never, never>;

/**
 * The classifier's own confidence: novel where the largest softmax probability p is small.
 *
 * The score is log((1 − p) / p), which orders images as −p does, but does not saturate: with p itself, all images
 * beyond 1 − 1e-16 would tie, at the very end where thresholds lie. With one class p is always 1, and the score 0.
 *
 * @see Hendrycks and Gimpel 2017, https://arxiv.org/abs/1610.02136
 */
export const maxSoftmax: Detector<LogitsModel, NoOptions> = {
  name: 'msp',
  formatVersion: 1,
  supervised: false,
  defaults: {},
  layers: () => ['logits'],
  needsOutputLayer: () => false,
  parseOptions: (options) => parseOptions('msp', options, {}, {}),
  fit(input, _options, control) {
    checkpoint(control, 0);
    const model = { classes: readFitLayer(input, 'logits', 'msp').cols };
    checkpoint(control, 1);
    return model;
  },
  score({ classes }, activations) {
    const { rows, data } = readLayer(activations, 'logits', classes);
    const scores = new Float64Array(rows);
    for (let i = 0; i < rows; i++) scores[i] = classes === 1 ? 0 : logOddsAgainstLargest(data, i * classes, classes);
    return scores;
  },
};

/** log Σ_{j ≠ c} exp(l_j − l_c) for the largest logit l_c. */
function logOddsAgainstLargest(logits: ArrayLike<number>, from: number, count: number): number {
  const top = indexOfLargest(logits, from, count);
  let second = -Infinity;
  for (let j = 0; j < count; j++) if (j !== top) second = Math.max(second, logits[from + j]);
  let sum = 0;
  for (let j = 0; j < count; j++) if (j !== top) sum += Math.exp(logits[from + j] - second);
  return second - logits[from + top] + Math.log(sum);
}
