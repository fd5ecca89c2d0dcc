import { kthLargest, matrix, multiplyTransposed, normaliseRows, row, rowRange, type Matrix } from '@outsider/linalg';
import { checkpoint } from './checkpoint.ts';
import { halfClass } from './class-means.ts';
import type { Detector } from './detector.ts';
import { type FeatureLayer, featureLayerRule } from './feature-layer.ts';
import { logSumExp } from './log-sum-exp.ts';
import { parseOptions } from './parse-options.ts';
import { readFitLayer, readLayer } from './read-activations.ts';
import { rowBlocks } from './row-blocks.ts';
import { sampleRows } from './sample-rows.ts';

export interface NnguideOptions {
  readonly layer: FeatureLayer;
  /** How many neighbours count; taken down to half of the average class in the bank where that is less. */
  readonly k: number;
  /** At most so many in-distribution images are kept, drawn at random. */
  readonly bankSize: number;
}

export interface NnguideModel {
  readonly layer: FeatureLayer;
  readonly classes: number;
  /** The k in use, after it was taken down. */
  readonly k: number;
  /** Unit features times the log-sum-exp of their logits, shape [n, d]. */
  readonly bank: Matrix;
}

const defaults: NnguideOptions = { layer: 'relevant_layer', k: 100, bankSize: 5000 };

/**
 * Energy guided by neighbours: −lse(l) · mean of the k largest ⟨ẑ, ẑ_i · lse(l_i)⟩ over a bank of in-distribution
 * images.
 *
 * The paper keeps 1 % of ImageNet; our banks are small, so all is kept up to `bankSize`.
 *
 * @see Park et al. 2023, https://arxiv.org/abs/2309.14888
 */
export const nnguide: Detector<NnguideModel, NnguideOptions> = {
  name: 'nnguide',
  formatVersion: 1,
  supervised: false,
  defaults,
  layers: ({ layer }) => [layer, 'logits'],
  needsOutputLayer: () => false,
  parseOptions: (options) =>
    parseOptions('nnguide', options, defaults, {
      layer: featureLayerRule,
      k: { kind: 'integer', min: 1, max: 10_000 },
      bankSize: { kind: 'integer', min: 1, max: 10_000_000 },
    }),
  fit(input, { layer, k, bankSize }, control) {
    checkpoint(control, 0);
    const x = readFitLayer(input, layer, 'nnguide');
    const logits = readFitLayer(input, 'logits', 'nnguide');
    const rows = sampleRows(x, input.labels, bankSize, input.seed);
    const energies = logSumExps(logits);
    const bank = new Float32Array(rows.length * x.cols);
    rows.forEach((from, to) => {
      const unit = normaliseRows(rowRange(x, from, from + 1)).data;
      bank.set(
        unit.map((z) => z * energies[from]),
        to * x.cols,
      );
    });
    checkpoint(control, 1);
    return {
      layer,
      classes: logits.cols,
      k: Math.min(k, halfClass(input.labels, rows)),
      bank: matrix(rows.length, x.cols, bank),
    };
  },
  score({ layer, classes, k, bank }, activations) {
    const x = readLayer(activations, layer, bank.cols);
    const energies = logSumExps(readLayer(activations, 'logits', classes));
    const scores = new Float64Array(x.rows);
    for (const { from, block } of rowBlocks(x, bank.rows)) {
      const products = multiplyTransposed(normaliseRows(block), bank);
      for (let i = 0; i < block.rows; i++) {
        scores[from + i] = -energies[from + i] * meanOfLargest(row(products, i), k);
      }
    }
    return scores;
  },
};

function logSumExps({ rows, cols, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => logSumExp(data, i * cols, cols));
}

function meanOfLargest(values: Float32Array | Float64Array, k: number): number {
  const limit = kthLargest(values, k);
  let above = 0;
  let sum = 0;
  for (const value of values) {
    if (value > limit) {
      above++;
      sum += value;
    }
  }
  // Ties at the limit fill up the k.
  return (sum + (k - above) * limit) / k;
}
