import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LayerGraph } from '../graph/layer-graph.ts';
import { mergeLayers } from '../graph/merge-layers.ts';
import { splitGraph } from '../graph/split-graph.ts';
import { loadNetwork } from '../graph/run-graph.ts';
import { selectBackend } from '../select-backend.ts';
import type { Weights, WeightTensor } from '../weights/weights.ts';
import { runForward } from './backpropagate.ts';
import { createOptimizer } from './create-optimizer.ts';
import { judgeLogits, type Targets } from './loss.ts';
import { createTrainedWeights } from './trained-weights.ts';

/** Written by tools/oracles/training.py: Keras, float64. */
interface Oracle {
  readonly batch: number;
  readonly images: readonly (readonly number[])[];
  readonly cases: readonly Case[];
}
type Tensors = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
interface Case {
  readonly name: string;
  readonly optimizer: 'sgd' | 'adamw';
  readonly learningRates: readonly number[];
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly labelSmoothing?: number;
  readonly labels: readonly (readonly number[])[];
  readonly frozen: readonly string[];
  readonly graph: LayerGraph;
  readonly initialWeights: Tensors;
  readonly initialLogits: readonly number[];
  readonly firstGradients: Tensors;
  readonly losses: readonly number[];
  readonly finalWeights: Tensors;
}
const oracle = JSON.parse(readFileSync(new URL('fixtures/training.json', import.meta.url), 'utf8')) as Oracle;

/** WASM is everywhere; the native backend, with operations of its own, where there is one. */
const fastest = await selectBackend();
if (fastest === 'wasm') console.log('skipped: no native backend of TensorFlow.js on this machine');
const backends = [...new Set(['wasm', fastest])];

function toWeights(tensors: Tensors): Weights {
  return new Map<string, WeightTensor>(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data.flat() as number[]) },
    ]),
  );
}

function relativeDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs), 1e-12);
  return Math.max(...expected.map((value, i) => Math.abs(actual[i] - value))) / scale;
}

/** Runs the five steps of a case as the trainer does, and returns what the oracle has too. */
function train(one: Case) {
  const weights = toWeights(one.initialWeights);
  const firstTrained = one.graph.layers.find(({ name }) => !one.frozen.includes(name))!.name;
  const split = one.frozen.length > 0 ? splitGraph(one.graph, firstTrained) : { frozen: null, trained: one.graph };
  const frozen = split.frozen && loadNetwork(split.frozen, weights);
  const merged = mergeLayers(split.trained);
  const trained = createTrainedWeights(merged, split.trained.layers, weights);
  const optimizer = createOptimizer(trained.variables, { momentum: 0.9, weightDecay: 0, ...one });
  const classes = one.initialLogits.length / oracle.batch;
  const targets: Targets = {
    classes: Math.max(classes, 2),
    output: classes === 1 ? 'sigmoid' : 'softmax',
    labelSmoothing: one.labelSmoothing ?? 0,
    classWeights: new Float32Array(Math.max(classes, 2)).fill(1),
  };
  const losses: number[] = [];
  let firstGradients: Record<string, Float32Array> = {};
  one.learningRates.forEach((learningRate, step) => {
    const images = Float32Array.from(oracle.images[step]);
    const { cut } = frozen ? frozen.predict(images, oracle.batch) : { cut: images };
    const pass = runForward(merged, trained, tf.tensor(cut!, [oracle.batch, ...split.trained.inputShape]));
    const judged = judgeLogits(pass.logits.dataSync<'float32'>(), Int32Array.from(one.labels[step]), targets);
    losses.push(judged.loss);
    const gradients = pass.backward(tf.tensor2d(judged.gradient, pass.logits.shape));
    if (step === 0) {
      firstGradients = Object.fromEntries(
        Object.entries(gradients).map(([name, gradient]) => [name, gradient.dataSync<'float32'>().slice()]),
      );
    }
    optimizer.step(gradients, learningRate);
    tf.dispose(gradients);
  });
  const final = trained.read();
  trained.dispose();
  optimizer.dispose();
  frozen?.dispose();
  return { losses, firstGradients, final };
}

describe.each(backends)('training by hand-written gradients on %s', (backend) => {
  beforeAll(() => selectBackend({ force: backend }));

  it.each(oracle.cases.map((one) => [one.name, one] as const))('agrees with Keras: %s', (_, one) => {
    const { losses, firstGradients, final } = train(one);
    for (const [name, { data }] of Object.entries(one.firstGradients)) {
      expect(relativeDifference(firstGradients[name], data.flat() as number[]), `gradient of ${name}`).toBeLessThan(
        1e-4,
      );
    }
    losses.forEach((loss, i) => expect(Math.abs(loss / one.losses[i] - 1), `loss of step ${i}`).toBeLessThan(1e-5));
    expect([...final.keys()].sort()).toEqual(Object.keys(one.finalWeights).sort());
    for (const [name, { data }] of Object.entries(one.finalWeights)) {
      expect(relativeDifference(final.get(name)!.data, data.flat() as number[]), name).toBeLessThan(1e-4);
    }
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    train(oracle.cases[0]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
