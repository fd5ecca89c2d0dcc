import * as tf from '@tensorflow/tfjs';
import { CancelledError } from '@outsider/domain';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeLayers } from '../graph/compose-layers.ts';
import { loadNetwork } from '../graph/run-graph.ts';
import { seededRandom } from '../seeded-random.ts';
import { selectBackend } from '../select-backend.ts';
import { randomWeights } from '../weights/random-weights.ts';
import { trainNetwork, type TrainingBatch, type TrainingData, type TrainingOptions } from './train-network.ts';
import type { TrainingState } from './training-state.ts';
import { sampleOrder } from './sample-order.ts';

/** WASM is everywhere; the native backend, with operations of its own, where there is one. */
const fastest = await selectBackend();
if (fastest === 'wasm') console.log('skipped: no native backend of TensorFlow.js on this machine');
const backends = [...new Set(['wasm', fastest])];

const classes = 3;
const graph = (() => {
  const net = composeLayers([6, 6, 2]);
  let x = net.conv('conv', net.image, 6, 3, { padding: 'same' });
  x = net.batchNorm('bn', x, 1e-3);
  x = net.activation('relu', x, 'relu');
  x = net.add('pool', [x], { kind: 'max-pool', size: [2, 2], stride: [2, 2], padding: 'same' });
  x = net.add('average', [x], { kind: 'global-average-pool' });
  x = net.add('relevant_layer', [x], { kind: 'dense', units: 8, activation: 'elu' });
  return net.build({ logits: net.add('logits', [x], { kind: 'dense', units: classes, activation: 'linear' }) });
})();
const weights = randomWeights(graph, 3);
const options: TrainingOptions = {
  epochs: 4,
  batchSize: 8,
  optimizer: 'adamw',
  momentum: 0.9,
  weightDecay: 0.01,
  schedule: 'cosine',
  learningRate: 0.02,
  warmUp: 0.1,
  decay: 0,
  output: 'softmax',
  labelSmoothing: 0.1,
  dropout: 0.3,
  patience: 0,
  seed: 5,
};

/** Three patterns under noise: `count` samples, each a different one. */
function samples(count: number, seed: number, noise = 0.6): TrainingBatch {
  const random = seededRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  const images = new Float32Array(count * 72);
  for (let i = 0; i < images.length; i++) {
    const label = labels[Math.floor(i / 72)];
    images[i] = Math.sin((i % 72) * (label + 1)) + noise * random.normal();
  }
  return { images, labels };
}

function* batches({ images, labels }: TrainingBatch, order: ArrayLike<number>, size: number): Generator<TrainingBatch> {
  for (let first = 0; first < order.length; first += size) {
    const indices = Array.from(order).slice(first, first + size);
    yield {
      images: Float32Array.from(indices.flatMap((i) => [...images.subarray(i * 72, (i + 1) * 72)])),
      labels: Int32Array.from(indices, (i) => labels[i]),
    };
  }
}

function dataOf(training: TrainingBatch, held: TrainingBatch): TrainingData {
  const count = training.labels.length;
  return {
    samplesPerEpoch: count,
    async *train(epoch) {
      yield* batches(training, sampleOrder(count, 0, options.seed, epoch), options.batchSize);
    },
    async *validation() {
      yield* batches(held, [...held.labels.keys()], 16);
    },
  };
}

const request = {
  graph,
  weights,
  classes,
  classWeights: Float32Array.of(1, 1, 1),
  data: dataOf(samples(60, 1), samples(30, 2)),
  options,
  droppedInputs: ['relevant_layer', 'logits'],
};

describe.each(backends)('trainNetwork on %s', (backend) => {
  beforeAll(() => selectBackend({ force: backend }));

  it('learns, and gives the weights that did best on samples it did not learn from', async () => {
    const {
      history,
      bestEpoch,
      weights: trained,
    } = await trainNetwork({ ...request, options: { ...options, epochs: 12 } });
    expect(history).toHaveLength(12);
    expect(history.at(-1)!.validationAccuracy).toBeGreaterThan(0.9);
    expect(history[bestEpoch - 1].validationLoss).toBe(Math.min(...history.map((one) => one.validationLoss!)));

    const held = samples(30, 2);
    const { logits } = loadNetwork(graph, new Map([...weights, ...trained])).predict(held.images, 30);
    let loss = 0;
    held.labels.forEach((label, i) => {
      const row = logits!.subarray(i * classes, (i + 1) * classes);
      loss += (Math.log(row.reduce((sum, l) => sum + Math.exp(l), 0)) - row[label]) / 30;
    });
    expect(loss).toBeCloseTo(history[bestEpoch - 1].validationLoss!, 4);
  });

  it.each([
    ['adamw', 0.02],
    ['sgd', 0.1],
  ] as const)(
    'gives the same whether it was stopped after an epoch or not, to the last bit, by %s',
    async (optimizer, learningRate) => {
      const states: TrainingState[] = [];
      const same = { ...request, options: { ...options, optimizer, learningRate, weightDecay: 0 } };
      const whole = await trainNetwork({ ...same, onState: async (state) => void states.push(state) });
      for (const stopped of [states[0], states[2]]) {
        const resumed = await trainNetwork({ ...same, resume: stopped });
        const timeless = (result: typeof whole) => result.history.map(({ seconds: _, ...rest }) => rest);
        expect(timeless(resumed)).toEqual(timeless(whole));
        expect(resumed.bestEpoch).toBe(whole.bestEpoch);
        for (const [name, { data }] of whole.weights) expect(resumed.weights.get(name)!.data, name).toEqual(data);
      }
    },
  );

  it('stops when the validation loss no longer falls, and says so', async () => {
    const { history, bestEpoch, stoppedEarly } = await trainNetwork({
      ...request,
      // Labels at random: whatever is learnt makes the loss on others larger.
      data: dataOf({ ...samples(60, 1), labels: samples(60, 1).labels.toSorted() }, samples(30, 2)),
      options: { ...options, epochs: 60, patience: 2, learningRate: 0.05 },
    });
    expect(stoppedEarly).toBe(true);
    expect(history.length).toBe(bestEpoch + 2);
  });

  it('keeps the weights that it started from where no epoch does better', async () => {
    const { weights: trained, bestLoss } = await trainNetwork({ ...request, options: { ...options, epochs: 12 } });
    const taught = samples(60, 1);
    const wrong = { ...taught, labels: taught.labels.map((label) => (label + 1) % classes) };
    const states: TrainingState[] = [];
    const losses: number[] = [];
    const again = {
      ...request,
      weights: new Map([...weights, ...trained]),
      data: dataOf(wrong, samples(30, 2)),
      options: { ...options, epochs: 3 },
      judgeStart: true,
      onStart: ({ loss }: { loss: number }) => void losses.push(loss),
      onState: async (state: TrainingState) => void states.push(state),
    };
    const kept = await trainNetwork(again);
    expect(kept.history).toHaveLength(3);
    expect(kept.bestEpoch).toBe(0);
    expect(losses).toEqual([kept.bestLoss]);
    expect(kept.bestLoss).toBeCloseTo(bestLoss, 6);
    for (const [name, { data }] of trained) expect(kept.weights.get(name)!.data, name).toEqual(data);

    const resumed = await trainNetwork({ ...again, resume: states[1] });
    expect([resumed.bestEpoch, resumed.bestLoss, losses.length]).toEqual([0, kept.bestLoss, 1]);
    const unjudged = await trainNetwork({ ...again, judgeStart: false });
    expect(unjudged.bestEpoch).toBeGreaterThan(0);
    expect(unjudged.bestLoss).toBeGreaterThan(kept.bestLoss);
  });

  it('says so when the weights that it would start from give no finite loss', async () => {
    const broken = new Map(weights).set('logits/bias', { shape: [classes], data: Float32Array.of(NaN, 0, 0) });
    await expect(trainNetwork({ ...request, weights: broken, judgeStart: true })).rejects.toThrow(
      'the validation loss of the weights that training would start from is NaN',
    );
  });

  it('names step, learning rate and the last good epoch when the loss is not finite', async () => {
    const good = request.data;
    const data: TrainingData = {
      ...good,
      async *train(epoch) {
        for await (const batch of good.train(epoch))
          // TensorFlow's ReLU makes 0 of NaN: there it shows a step later, by its gradient.
          yield epoch === 2 ? { ...batch, images: batch.images.fill(Number.NaN, 0, 1) } : batch;
      },
    };
    const states: TrainingState[] = [];
    await expect(trainNetwork({ ...request, data, onState: async (state) => void states.push(state) })).rejects.toThrow(
      /the loss became NaN in step (9|10) \(epoch 2\) at learning rate 0\.0\d+; .*The last good epoch is 1/,
    );
    expect(states.map(({ epoch }) => epoch)).toEqual([1]);
  });

  it('stops within a step when it is cancelled, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const abort = new AbortController();
    let steps = 0;
    const onStep = () => void (++steps === 3 && abort.abort());
    await expect(trainNetwork({ ...request, onStep, signal: abort.signal })).rejects.toThrow(CancelledError);
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });
});
