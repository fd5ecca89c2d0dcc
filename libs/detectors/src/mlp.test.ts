import { CancelledError, InvalidArgumentError, ShapeError } from '@outsider/domain';
import { createRandom, fromRows, type Float64Matrix } from '@outsider/linalg';
import { auroc } from '@outsider/metrics';
import { createAdam } from '@outsider/optimize';
import { describe, expect, it } from 'vitest';
import {
  backpropagate,
  dropoutMask,
  initialiseLayer,
  runNetwork,
  type Activation,
  type TrainableLayer,
} from './dense-network.ts';
import { fitMlp, mlpLogOdds, tutorialMlp } from './fit-mlp.ts';
import fixture from './fixtures/dense-network.json' with { type: 'json' };

const x = fromRows(fixture.x);
const labels = fixture.labels;
const layersOfFixture = (): TrainableLayer[] =>
  fixture.layers.map(({ weights, bias, activation }) => ({
    weights: fromRows(weights),
    bias: Float64Array.from(bias),
    activation: activation as Activation,
  }));

function expectClose(actual: readonly Float64Array[], expected: readonly number[], digits: number): void {
  expect(actual.flatMap((part) => [...part])).toEqual(expected.map((value) => expect.closeTo(value, digits)));
}

describe('backpropagate', () => {
  it('agrees with complex-step gradients in numpy', () => {
    const { loss, gradients } = backpropagate(layersOfFixture(), x, labels);
    expect(loss).toBeCloseTo(fixture.loss, 14);
    expectClose(gradients, fixture.gradient, 14);
  });

  it('agrees with them under dropout, too', () => {
    const { loss, gradients } = backpropagate(layersOfFixture(), x, labels, fixture.masks.map(fromRows));
    expect(loss).toBeCloseTo(fixture.maskedLoss, 14);
    expectClose(gradients, fixture.maskedGradient, 14);
  });

  it('agrees with finite differences on the tutorial’s shape', () => {
    const random = createRandom(1);
    const layers = [initialiseLayer(7, 256, 'elu', random), initialiseLayer(256, 128, 'relu', random), initialiseLayer(128, 1, 'linear', random)]; // prettier-ignore
    const input = { rows: 5, cols: 7, data: Float64Array.from({ length: 35 }, random.normal) };
    const targets = [0, 1, 0, 1, 1];
    const masks = [dropoutMask(5, 256, 0.5, random), dropoutMask(5, 128, 0.5, random)];
    const { gradients } = backpropagate(layers, input, targets, masks);
    const parameters = layers.flatMap(({ weights, bias }) => [weights.data, bias]);
    parameters.forEach((part, p) => {
      for (let probe = 0; probe < 10; probe++) {
        const i = random.integer(part.length);
        const kept = part[i];
        const at = (value: number): number => {
          part[i] = value;
          return backpropagate(layers, input, targets, masks).loss;
        };
        const slope = (at(kept + 1e-5) - at(kept - 1e-5)) / 2e-5;
        part[i] = kept;
        expect(gradients[p][i]).toBeCloseTo(slope, 8);
      }
    });
  });

  it('trains to the weights that Adam in numpy reaches', () => {
    const layers = layersOfFixture();
    const parameters = layers.flatMap(({ weights, bias }) => [weights.data, bias]);
    const adam = createAdam(
      parameters.map((part) => part.length),
      { learningRate: 0.01 },
    );
    for (let step = 0; step < 20; step++) adam.step(parameters, backpropagate(layers, x, labels).gradients);
    expectClose(parameters, fixture.afterTwentySteps, 12);
  });
});

describe('dropoutMask', () => {
  it('drops the share asked for and keeps the mean', () => {
    const { data } = dropoutMask(100, 400, 0.25, createRandom(1));
    expect(new Set(data)).toEqual(new Set([0, 4 / 3]));
    expect(data.filter((value) => value === 0).length / 40_000).toBeCloseTo(0.25, 2);
  });
});

describe('fitMlp', () => {
  const random = createRandom(9);
  const sample = (n: number): { x: Float64Matrix; labels: Int32Array } => {
    const given = Int32Array.from({ length: n }, (_, i) => Number(i % 4 === 0));
    const data = Float64Array.from(
      { length: n * 40 },
      (_, at) => random.normal() + (given[Math.floor(at / 40)] && (at % 40) % 3 === 0 ? 1 : 0),
    );
    return { x: { rows: n, cols: 40, data }, labels: given };
  };
  const train = sample(300);
  const test = sample(200);

  it('separates images that it has not seen', () => {
    const layers = fitMlp(train.x, train.labels, { ...tutorialMlp, epochs: 20, seed: 1 });
    const scores = mlpLogOdds(layers, test.x);
    expect(
      auroc(
        scores.filter((_, i) => !test.labels[i]),
        scores.filter((_, i) => test.labels[i]),
      ),
    ).toBeGreaterThan(0.95);
    expect([...scores]).toEqual([...runNetwork(layers, test.x).data].map((value) => expect.closeTo(value, 10)));
  });

  it('gives the same network for a seed, another for another', () => {
    const fit = (seed: number) => fitMlp(test.x, test.labels, { ...tutorialMlp, epochs: 1, seed });
    expect(fit(1)).toEqual(fit(1));
    expect(fit(1)).not.toEqual(fit(2));
  });

  it('rejects what it cannot learn from, and can be cancelled', () => {
    const options = { ...tutorialMlp, seed: 1 };
    expect(() => fitMlp(train.x, train.labels.subarray(1), options)).toThrow(ShapeError);
    expect(() =>
      fitMlp(
        train.x,
        train.labels.map(() => 2),
        options,
      ),
    ).toThrow(InvalidArgumentError);
    expect(() => fitMlp(train.x, train.labels, options, { isCancelled: () => true })).toThrow(CancelledError);
  });
});
