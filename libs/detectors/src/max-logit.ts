import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { indexOfLargest } from './log-sum-exp.ts';
import type { LogitsModel } from './max-softmax.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';

/**
 * Novel where even the largest logit is small: −max_j l_j.
 *
 * @see Hendrycks et al. 2022, https://arxiv.org/abs/1911.11132
 */
export const maxLogit: Detector<LogitsModel, Record<never, never>> = {
  name: 'max-logit',
  formatVersion: 1,
  supervised: false,
  defaults: {},
  layers: () => ['logits'],
  needsOutputLayer: () => false,
  parseOptions: (options) => parseOptions('max-logit', options, {}, {}),
  fit(input, _options, control) {
    checkpoint(control, 0);
    const model = { classes: readFitLayer(input, 'logits', 'max-logit').cols };
    checkpoint(control, 1);
    return model;
  },
  score({ classes }, activations) {
    const { rows, data } = readLayer(activations, 'logits', classes);
    return Float64Array.from(
      { length: rows },
      (_, i) => -data[i * classes + indexOfLargest(data, i * classes, classes)],
    );
  },
};
