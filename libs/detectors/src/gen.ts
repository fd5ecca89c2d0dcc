import { checkpoint } from './checkpoint.ts';
import type { Detector } from './detector.ts';
import { indexOfLargest, logSumExp } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';

export interface GenOptions {
  /** γ: the smaller, the more small deviations from certainty count. */
  readonly gamma: number;
  /** M: only the largest M probabilities count. */
  readonly top: number;
}

export interface GenModel extends GenOptions {
  readonly classes: number;
}

const defaults: GenOptions = { gamma: 0.1, top: 100 };

/**
 * Generalised entropy of the M largest softmax probabilities, Σ p^γ (1 − p)^γ: zero where the classifier is certain.
 *
 * The powers are taken of logarithms, with 1 − p of the largest probability summed from the others, so nothing is
 * clamped and certainty does not saturate.
 *
 * @see Liu et al. 2023, https://openaccess.thecvf.com/content/CVPR2023/html/Liu_GEN_Pushing_the_Limits_of_Softmax-Based_Out-of-Distribution_Detection_CVPR_2023_paper.html
 */
export const gen: Detector<GenModel, GenOptions> = {
  name: 'gen',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: () => ['logits'],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('gen', options, defaults, {
      gamma: { kind: 'number', min: 1e-3, max: 1 },
      top: { kind: 'integer', min: 1, max: 1_000_000 },
    }),
  fit(input, options, control) {
    checkpoint(control, 0);
    const model = { classes: readFitLayer(input, 'logits', 'gen').cols, ...options };
    checkpoint(control, 1);
    return model;
  },
  score({ classes, gamma, top }, activations) {
    const { rows, data } = readLayer(activations, 'logits', classes);
    const scores = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      const logits = Float64Array.from(data.subarray(i * classes, (i + 1) * classes));
      scores[i] = generalisedEntropy(logits, gamma, Math.min(top, classes));
    }
    return scores;
  },
};

function generalisedEntropy(logits: Float64Array, gamma: number, top: number): number {
  const { length } = logits;
  const total = logSumExp(logits, 0, length);
  const largest = indexOfLargest(logits, 0, length);
  [logits[0], logits[largest]] = [logits[largest], logits[0]];
  const others = length > 1 ? logSumExp(logits, 1, length - 1) : -Infinity;
  // Sorted ascending, so that the M largest of the others come last.
  if (top < length) logits.subarray(1).sort();
  let sum = Math.exp(gamma * (logits[0] - total + others - total));
  for (let j = length - (top - 1); j < length; j++) {
    const logP = logits[j] - total;
    sum += Math.exp(gamma * (logP + Math.log1p(-Math.exp(logP))));
  }
  return sum;
}
