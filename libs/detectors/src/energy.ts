import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { logSumExp } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';

export interface EnergyOptions {
  /** T: large values spread the weight over all logits. */
  readonly temperature: number;
}

export interface EnergyModel {
  readonly classes: number;
  readonly temperature: number;
}

const defaults: EnergyOptions = { temperature: 1 };

/**
 * The free energy of the logits, −T log Σ exp(l_j / T).
 *
 * @see Liu et al. 2020, https://arxiv.org/abs/2010.03759
 */
export const energy: Detector<EnergyModel, EnergyOptions> = {
  name: 'energy',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: () => ['logits'],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('energy', options, defaults, { temperature: { kind: 'number', min: 1e-3, max: 1e6 } }),
  fit(input, { temperature }, control) {
    checkpoint(control, 0);
    const model = { classes: readFitLayer(input, 'logits', 'energy').cols, temperature };
    checkpoint(control, 1);
    return model;
  },
  score({ classes, temperature }, activations) {
    const { rows, data } = readLayer(activations, 'logits', classes);
    return Float64Array.from(
      { length: rows },
      (_, i) => -temperature * logSumExp(data, i * classes, classes, temperature),
    );
  },
};
