import * as tf from '@tensorflow/tfjs';
import { CancelledError, FailedPreconditionError } from '@outsider/domain';
import type { LayerGraph } from '../graph/layer-graph.ts';
import { mergeLayers, type MergedGraph } from '../graph/merge-layers.ts';
import { randomAt } from '../seeded-random.ts';
import type { Weights } from '../weights/weights.ts';
import { runForward } from './backpropagate.ts';
import { createOptimizer, type OptimizerOptions } from './create-optimizer.ts';
import { dropoutMasks, inputWidths } from './dropout-masks.ts';
import { learningRateAt, type Schedule } from './learning-rate.ts';
import { judgeLogits, type Targets } from './loss.ts';
import type { Optimizer } from './optimizer.ts';
import { createTrainedWeights, type TrainedWeights } from './trained-weights.ts';
import type { EpochMetrics, StepMetrics, TrainingState } from './training-state.ts';

/** Some samples as the trained part of a network reads them. */
export interface TrainingBatch {
  /** [labels.length, …the graph's input shape] row-major. */
  readonly images: Float32Array;
  /** Class indices. */
  readonly labels: Int32Array;
}

/** Where batches come from. Both may be asked for again, and give the same. */
export interface TrainingData {
  readonly samplesPerEpoch: number;
  /** The batches of one epoch (from 1), none larger than the batch size. */
  train(epoch: number): AsyncIterable<TrainingBatch>;
  validation(): AsyncIterable<TrainingBatch>;
}

export interface TrainingOptions extends OptimizerOptions, Schedule {
  readonly epochs: number;
  readonly batchSize: number;
  readonly output: Targets['output'];
  readonly labelSmoothing: number;
  /** Share of the inputs of {@link droppedInputs} that a step leaves out, in [0, 1). */
  readonly dropout: number;
  /** Epochs without a lower validation loss after which training stops; 0 means never. */
  readonly patience: number;
  readonly seed: number;
}

export interface TrainNetworkRequest {
  /** All of it is trained; its output `logits` is judged. */
  readonly graph: LayerGraph;
  readonly weights: Weights;
  readonly classes: number;
  /** Shape [classes]: what a training sample counts for. */
  readonly classWeights: Float32Array;
  readonly data: TrainingData;
  readonly options: TrainingOptions;
  /** Names of dense layers before which dropout acts. */
  readonly droppedInputs: readonly string[];
  /** Goes on from the end of an epoch, as if there had been no stop. */
  readonly resume?: TrainingState;
  readonly onStep?: (metrics: StepMetrics) => void | Promise<void>;
  readonly onEpoch?: (metrics: EpochMetrics) => void | Promise<void>;
  /** At the end of each epoch; training waits for it. */
  readonly onState?: (state: TrainingState) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface TrainedNetwork {
  /** Of the best epoch: the lowest validation loss. */
  readonly weights: Weights;
  readonly bestEpoch: number;
  readonly history: readonly EpochMetrics[];
  readonly stoppedEarly: boolean;
}

/**
 * Trains a network, or its upper part, by backpropagation. Batch normalisations stay in inference mode; their γ and β
 * are trained like any other weight. Repeatable: seed, data and backend fix the result, whether it was resumed or not.
 *
 * Gives the event loop a turn after each step. Needs a selected backend.
 *
 * @throws {FailedPreconditionError} when a loss is not finite: names step, learning rate and the last good epoch
 * @throws {CancelledError} when `signal` fires
 */
export async function trainNetwork(request: TrainNetworkRequest): Promise<TrainedNetwork> {
  const { graph, data, options, resume } = request;
  const merged = mergeLayers(graph);
  const weights = createTrainedWeights(merged, graph.layers, new Map([...request.weights, ...(resume?.weights ?? [])]));
  const optimizer = createOptimizer(weights.variables, options);
  if (resume) optimizer.writeState(resume.optimizer);
  const widths = inputWidths(graph, request.droppedInputs);
  const history: EpochMetrics[] = [...(resume?.history ?? [])];
  let best = resume?.best ?? { epoch: 0, loss: Infinity, weights: request.weights };
  const stalled = () => options.patience > 0 && history.length - best.epoch >= options.patience;
  try {
    while (history.length < options.epochs && !stalled()) {
      const epoch = history.length + 1;
      const started = performance.now();
      const trained = await trainEpoch(request, merged, weights, optimizer, epoch);
      const judged = await judge(request, merged, weights);
      if (judged && !Number.isFinite(judged.loss)) throw lossNotFinite('validation loss', judged.loss, epoch);
      const metrics: EpochMetrics = {
        epoch,
        ...trained,
        ...(judged && { validationLoss: judged.loss, validationAccuracy: judged.accuracy }),
        seconds: (performance.now() - started) / 1000,
      };
      history.push(metrics);
      const current = weights.read();
      if (!judged || judged.loss < best.loss) best = { epoch, loss: judged?.loss ?? Infinity, weights: current };
      await request.onEpoch?.(metrics);
      await request.onState?.({
        epoch,
        weights: current,
        optimizer: optimizer.readState(),
        best,
        history: [...history],
      });
    }
  } finally {
    optimizer.dispose();
    weights.dispose();
  }
  return { weights: best.weights, bestEpoch: best.epoch, history, stoppedEarly: history.length < options.epochs };

  function lossNotFinite(what: string, loss: number, epoch: number, step = 0): FailedPreconditionError {
    const stepsPerEpoch = Math.ceil(data.samplesPerEpoch / options.batchSize);
    const at = step || epoch * stepsPerEpoch;
    const rate = learningRateAt(at, stepsPerEpoch * options.epochs, options);
    return new FailedPreconditionError(
      `the ${what} became ${loss} in step ${at} (epoch ${epoch}) at learning rate ${rate.toPrecision(3)}; a smaller learning rate may help. The last good epoch is ${epoch - 1}`,
      { reason: 'LOSS_NOT_FINITE', step: String(at), epoch: String(epoch), learningRate: String(rate) },
    );
  }

  async function trainEpoch(
    { classes, classWeights, onStep, signal }: TrainNetworkRequest,
    network: MergedGraph,
    trained: TrainedWeights,
    moved: Optimizer,
    epoch: number,
  ): Promise<{ loss: number; accuracy: number }> {
    const stepsPerEpoch = Math.ceil(data.samplesPerEpoch / options.batchSize);
    const totalSteps = stepsPerEpoch * options.epochs;
    const { output, labelSmoothing } = options;
    const targets: Targets = { classes, output, labelSmoothing, classWeights };
    const sum = { loss: 0, correct: 0, samples: 0 };
    let step = (epoch - 1) * stepsPerEpoch;
    let stepStarted = performance.now();
    for await (const { images, labels } of data.train(epoch)) {
      if (signal?.aborted) throw new CancelledError('the training');
      step++;
      const n = labels.length;
      const learningRate = learningRateAt(step, totalSteps, options);
      const masks = dropoutMasks(widths, n, options.dropout, randomAt(options.seed, step));
      const pass = runForward(network, trained, tf.tensor(images, [n, ...graph.inputShape]), masks);
      const { loss, correct, gradient } = judgeLogits(pass.logits.dataSync<'float32'>(), labels, targets);
      if (!Number.isFinite(loss)) {
        pass.dispose();
        tf.dispose(masks);
        throw lossNotFinite('loss', loss, epoch, step);
      }
      const gradients = pass.backward(tf.tensor2d(gradient, pass.logits.shape));
      moved.step(gradients, learningRate);
      tf.dispose(gradients);
      tf.dispose(masks);
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
}

/** Plain cross-entropy and accuracy, without dropout, smoothing and weights; undefined without validation data. */
async function judge(
  { graph, classes, data, options, signal }: TrainNetworkRequest,
  network: MergedGraph,
  weights: TrainedWeights,
): Promise<{ loss: number; accuracy: number } | undefined> {
  const targets: Targets = {
    classes,
    output: options.output,
    labelSmoothing: 0,
    classWeights: new Float32Array(classes).fill(1),
  };
  const sum = { loss: 0, correct: 0, samples: 0 };
  for await (const { images, labels } of data.validation()) {
    if (signal?.aborted) throw new CancelledError('the training');
    const pass = runForward(network, weights, tf.tensor(images, [labels.length, ...graph.inputShape]));
    const { loss, correct } = judgeLogits(pass.logits.dataSync<'float32'>(), labels, targets);
    pass.dispose();
    sum.loss += loss * labels.length;
    sum.correct += correct;
    sum.samples += labels.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return sum.samples > 0 ? { loss: sum.loss / sum.samples, accuracy: sum.correct / sum.samples } : undefined;
}
