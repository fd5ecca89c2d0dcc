import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { createRandom, requireFinite, selectRows, toFloat32, type Matrix } from '@outsider/linalg';
import { createAdam } from '@outsider/optimize';
import { checkpoint } from './checkpoint.ts';
import { backpropagate, dropoutMask, initialiseLayer, runNetwork, type DenseLayer } from './dense-network.ts';
import type { FitControl } from './detector.ts';
import { rowBlocks } from './row-blocks.ts';

export interface MlpOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Share of the hidden outputs dropped in training, in [0, 1). */
  readonly dropout: number;
  readonly seed: number;
}

/** The tutorial's choices. */
export const tutorialMlp = { epochs: 4, batchSize: 16, learningRate: 1e-3, dropout: 0.5 };

/**
 * The tutorial's perceptron, d → 256 ELU → 128 ReLU → 1, trained by Adam on binary cross-entropy.
 *
 * @param x shape [n, d]
 * @param labels 0 or 1, shape [n]
 * @returns its layers in float32; see {@link mlpLogOdds}
 * @throws {ShapeError} @throws {InvalidArgumentError} @throws {CancelledError}
 */
export function fitMlp(x: Matrix, labels: Int32Array, options: MlpOptions, control?: FitControl): DenseLayer[] {
  const { epochs, batchSize, learningRate, dropout, seed } = options;
  if (labels.length !== x.rows) throw new ShapeError('labels', [x.rows], [labels.length]);
  if (labels.some((label) => label !== 0 && label !== 1)) throw new InvalidArgumentError('labels: expected 0 or 1');
  requireFinite(x, 'activations');
  checkpoint(control, 0);

  const random = createRandom(seed);
  const layers = [
    initialiseLayer(x.cols, 256, 'elu', random),
    initialiseLayer(256, 128, 'relu', random),
    initialiseLayer(128, 1, 'linear', random),
  ];
  const parameters = layers.flatMap(({ weights, bias }) => [weights.data, bias]);
  const adam = createAdam(
    parameters.map((each) => each.length),
    { learningRate },
  );
  const batches = Math.ceil(x.rows / batchSize);

  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(x.rows);
    for (let batch = 0; batch < batches; batch++) {
      const rows = order.subarray(batch * batchSize, (batch + 1) * batchSize);
      const masks = layers.slice(0, -1).map(({ bias }) => dropoutMask(rows.length, bias.length, dropout, random));
      const { gradients } = backpropagate(
        layers,
        selectRows(x, rows),
        rows.map((i) => labels[i]),
        masks,
      );
      adam.step(parameters, gradients);
      checkpoint(control, (epoch * batches + batch + 1) / (epochs * batches), `epoch ${epoch + 1} of ${epochs}`);
    }
  }
  return layers.map(({ weights, bias, activation }) => ({
    weights: toFloat32(weights),
    bias: Float32Array.from(bias),
    activation,
  }));
}

/** Log-odds of label 1 for every row, shape [n], a block of rows at a time. @throws {ShapeError} */
export function mlpLogOdds(layers: readonly DenseLayer[], x: Matrix): Float64Array {
  const out = new Float64Array(x.rows);
  for (const { from, block } of rowBlocks(x, layers[0].weights.rows)) out.set(runNetwork(layers, block).data, from);
  return out;
}
