import * as tf from '@tensorflow/tfjs';
import { CancelledError, FailedPreconditionError } from '@outsider/domain';
import type { MergedGraph } from '../graph/merge-layers.ts';
import { randomAt } from '../seeded-random.ts';
import { runForward } from './backpropagate.ts';
import { dropoutMasks } from './dropout-masks.ts';
import { learningRateAt } from './learning-rate.ts';
import { judgeLogits, type Targets } from './loss.ts';
import type { Optimizer } from './optimizer.ts';
import type { TrainNetworkRequest } from './train-network.ts';
import type { TrainedWeights } from './trained-weights.ts';

/** A training under way. */
export interface Training {
  readonly request: TrainNetworkRequest;
  readonly merged: MergedGraph;
  readonly weights: TrainedWeights;
  readonly optimizer: Optimizer;
  /** Of the inputs that dropout acts on, by layer. */
  readonly widths: ReadonlyMap<string, number>;
}

/** Means over samples. */
export interface EpochResult {
  readonly loss: number;
  readonly accuracy: number;
}

/**
 * Moves the weights along the gradients of every batch of an epoch.
 *
 * @throws {FailedPreconditionError} when a loss is not finite
 * @throws {CancelledError} when the request's signal fires
 */
export async function trainEpoch(training: Training, epoch: number): Promise<EpochResult> {
  const { request, merged, weights, optimizer, widths } = training;
  const { graph, data, options, classes, classWeights, onStep, signal } = request;
  const { output, labelSmoothing, dropout, seed } = options;
  const targets: Targets = { classes, output, labelSmoothing, classWeights };
  const perEpoch = stepsPerEpoch(request);
  const totalSteps = perEpoch * options.epochs;
  const sum = { loss: 0, correct: 0, samples: 0 };
  let step = (epoch - 1) * perEpoch;
  let stepStarted = performance.now();
  for await (const { images, labels } of data.train(epoch)) {
    if (signal?.aborted) throw new CancelledError('the training');
    step++;
    const n = labels.length;
    const learningRate = learningRateAt(step, totalSteps, options);
    const masks = dropoutMasks(widths, n, dropout, randomAt(seed, step));
    const pass = runForward(merged, weights, tf.tensor(images, [n, ...graph.inputShape]), masks);
    const { loss, correct, gradient } = judgeLogits(pass.logits.dataSync<'float32'>(), labels, targets);
    if (!Number.isFinite(loss)) {
      pass.dispose();
      tf.dispose(masks);
      throw lossNotFinite(request, 'loss', loss, epoch, step);
    }
    const gradients = pass.backward(tf.tensor2d(gradient, pass.logits.shape));
    optimizer.step(gradients, learningRate);
    tf.dispose([gradients, masks] as tf.TensorContainer[]);
    sum.loss += loss * n;
    sum.correct += correct;
    sum.samples += n;
    const now = performance.now();
    const samplesPerSecond = (1000 * n) / (now - stepStarted);
    stepStarted = now;
    await onStep?.({ epoch, step, totalSteps, loss, accuracy: correct / n, learningRate, samplesPerSecond });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { loss: sum.loss / sum.samples, accuracy: sum.correct / sum.samples };
}

/**
 * Plain cross-entropy and accuracy on the validation data, without dropout, smoothing and weights.
 *
 * @param epoch that has just ended, 0 before the first
 * @returns undefined without validation data
 * @throws {FailedPreconditionError} when the loss is not finite
 */
export async function judgeEpoch(
  { request, merged, weights }: Training,
  epoch: number,
): Promise<EpochResult | undefined> {
  const { graph, classes, data, options, signal } = request;
  const classWeights = new Float32Array(classes).fill(1);
  const targets: Targets = { classes, output: options.output, labelSmoothing: 0, classWeights };
  const sum = { loss: 0, correct: 0, samples: 0 };
  for await (const { images, labels } of data.validation()) {
    if (signal?.aborted) throw new CancelledError('the training');
    const pass = runForward(merged, weights, tf.tensor(images, [labels.length, ...graph.inputShape]));
    const { loss, correct } = judgeLogits(pass.logits.dataSync<'float32'>(), labels, targets);
    pass.dispose();
    sum.loss += loss * labels.length;
    sum.correct += correct;
    sum.samples += labels.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (sum.samples === 0) return undefined;
  const loss = sum.loss / sum.samples;
  if (!Number.isFinite(loss))
    throw lossNotFinite(request, 'validation loss', loss, epoch, epoch * stepsPerEpoch(request));
  return { loss, accuracy: sum.correct / sum.samples };
}

function stepsPerEpoch({ data, options }: TrainNetworkRequest): number {
  return Math.ceil(data.samplesPerEpoch / options.batchSize);
}

function lossNotFinite(
  request: TrainNetworkRequest,
  what: string,
  loss: number,
  epoch: number,
  step: number,
): FailedPreconditionError {
  if (epoch === 0) {
    return new FailedPreconditionError(`the ${what} of the weights that training would start from is ${loss}`, {
      reason: 'LOSS_NOT_FINITE',
    });
  }
  const rate = learningRateAt(step, stepsPerEpoch(request) * request.options.epochs, request.options);
  return new FailedPreconditionError(
    `the ${what} became ${loss} in step ${step} (epoch ${epoch}) at learning rate ${rate.toPrecision(3)}; a smaller learning rate may help. The last good epoch is ${epoch - 1}`,
    { reason: 'LOSS_NOT_FINITE', step: String(step), epoch: String(epoch), learningRate: String(rate) },
  );
}
