import {
  CancelledError,
  FailedPreconditionError,
  InvalidArgumentError,
  ShapeError,
  TooFewSamplesError,
} from '@outsider/domain';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { selectBackend } from '../select-backend.ts';
import type { LabelledFeatures } from './check-features.ts';
import { parseHeadOptions } from './head-options.ts';
import type { Head } from './head.ts';
import type { StepMetrics } from '../training/training-state.ts';
import { trainHead } from './train-head.ts';

const width = 12;
const options = { units: 16, epochs: 6, batchSize: 8, learningRate: 0.01 };

/** Three overlapping classes of non-negative features, as a backbone pools them; each has larger ones of its own. */
function threeClasses(n: number, seed: number): LabelledFeatures {
  const random = seededRandom(seed);
  const labels = Array.from({ length: n }, (_, i) => i % 3);
  const data = Float32Array.from(
    { length: n * width },
    (_, i) => Math.abs(random.normal()) + (i % width === labels[Math.floor(i / width)] ? 2.5 : 0),
  );
  return { features: { rows: n, cols: width, data }, labels };
}

/** The head in double precision, from its definition. */
function naiveLogits({ relevantLayer, outputLayer }: Head, x: ArrayLike<number>): number[] {
  const layer = ({ kernel, bias }: Head['relevantLayer'], input: ArrayLike<number>) =>
    [...bias].map((b, j) => Array.from(input).reduce((sum, value, i) => sum + value * kernel[i * bias.length + j], b));
  const relevant = layer(relevantLayer, x).map((z) => (z > 0 ? z : Math.exp(z) - 1));
  return layer(outputLayer, relevant);
}

const train = threeClasses(90, 1);
const validation = threeClasses(45, 2);

beforeAll(() => selectBackend({ force: 'wasm' }));

describe('trainHead', () => {
  it('learns, and returns a head that reads raw features: its validation loss is that of the definition', async () => {
    const { head, history, bestEpoch } = await trainHead({ train, validation, classes: 3, options });
    let loss = 0;
    let correct = 0;
    for (let i = 0; i < 45; i++) {
      const logits = naiveLogits(head, validation.features.data.subarray(i * width, (i + 1) * width));
      const label = validation.labels[i];
      loss += Math.log(logits.reduce((sum, l) => sum + Math.exp(l), 0)) - logits[label];
      if (Math.max(...logits) === logits[label]) correct++;
    }
    expect(history).toHaveLength(6);
    expect(history[bestEpoch - 1].validationLoss).toBeCloseTo(loss / 45, 4);
    expect(history[bestEpoch - 1].validationAccuracy).toBeCloseTo(correct / 45, 6);
    expect(correct / 45).toBeGreaterThan(0.9);
    expect(Math.min(...history.map(({ validationLoss }) => validationLoss!))).toBe(
      history[bestEpoch - 1].validationLoss,
    );
  });

  it('is repeated by its seed, and only by it', async () => {
    const first = await trainHead({ train, classes: 3, options });
    const same = await trainHead({ train, classes: 3, options });
    const other = await trainHead({ train, classes: 3, options: { ...options, seed: 2 } });
    expect(same.head).toEqual(first.head);
    expect(other.head.relevantLayer.kernel).not.toEqual(first.head.relevantLayer.kernel);
  });

  it('reports every step, warms up and decays', async () => {
    const steps: StepMetrics[] = [];
    await trainHead({
      train,
      classes: 3,
      options: { ...options, epochs: 5, warmUp: 0.2 },
      onStep: (metrics) => void steps.push(metrics),
    });
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(steps[59]).toMatchObject({ epoch: 5, totalSteps: 60 });
    expect(steps[5].learningRate).toBeCloseTo(0.005, 6);
    expect(Math.max(...steps.map(({ learningRate }) => learningRate))).toBeCloseTo(0.01, 6);
    expect(steps[59].learningRate).toBeLessThan(1e-4);
  });

  it('weighs a rare class like a common one', async () => {
    const rows = [...Array(90).keys()].filter((i) => train.labels[i] !== 2 || i < 12);
    const data = Float32Array.from(rows.flatMap((i) => [...train.features.data.subarray(i * width, (i + 1) * width)]));
    const rare = { features: { rows: rows.length, cols: width, data }, labels: rows.map((i) => train.labels[i]) };
    const recall = async (classWeights: 'none' | 'balanced') => {
      const { head } = await trainHead({
        train: rare,
        classes: 3,
        options: { ...options, epochs: 12, learningRate: 0.01, classWeights },
      });
      const own = [...Array(45).keys()].filter((i) => validation.labels[i] === 2);
      return own.filter((i) => {
        const logits = naiveLogits(head, validation.features.data.subarray(i * width, (i + 1) * width));
        return Math.max(...logits) === logits[2];
      }).length;
    };
    expect(await recall('balanced')).toBeGreaterThan(await recall('none'));
  });

  it('stops with the step and the learning rate when the loss is no number', async () => {
    const run = trainHead({
      train,
      classes: 3,
      options: { ...options, optimizer: 'sgd', learningRate: 1e30, warmUp: 0 },
    });
    await expect(run).rejects.toThrow(FailedPreconditionError);
    await expect(run).rejects.toThrow(/step \d+ \(epoch 1\) at learning rate 1/);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const run = trainHead({
      train,
      classes: 3,
      options,
      signal: controller.signal,
      onStep: ({ step }) => void (step === 3 && controller.abort()),
    });
    await expect(run).rejects.toThrow(CancelledError);
  });

  it('refuses data that it cannot learn from', async () => {
    const attempt = (change: Partial<Parameters<typeof trainHead>[0]>) =>
      trainHead({ train, classes: 3, options, ...change });
    await expect(attempt({ classes: 1 })).rejects.toThrow(InvalidArgumentError);
    await expect(attempt({ classes: 4 })).rejects.toThrow(TooFewSamplesError);
    await expect(attempt({ classes: 2 })).rejects.toThrow('label 2 is 2');
    await expect(attempt({ train: { ...train, labels: [0, 1, 2] } })).rejects.toThrow(ShapeError);
    const data = train.features.data.slice();
    data[width * 7] = NaN;
    await expect(attempt({ train: { ...train, features: { ...train.features, data } } })).rejects.toThrow('sample 7');
  });
});

describe('parseHeadOptions', () => {
  it.each([
    ['units', 0],
    ['epochs', 1.5],
    ['batchSize', -1],
    ['learningRate', 0],
    ['dropout', 1],
    ['labelSmoothing', -0.1],
    ['weightDecay', NaN],
    ['seed', -1],
    ['optimizer', 'magic'],
    ['classWeights', 'some'],
    ['learningrate', 1],
  ])('refuses %s = %s by name', (name, value) => {
    expect(() => parseHeadOptions({ [name]: value })).toThrow(name);
  });
});
