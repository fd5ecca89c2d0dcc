import * as tf from '@tensorflow/tfjs';
import { CancelledError, FailedPreconditionError, TooFewSamplesError } from '@outsider/domain';
import type { Matrix } from '@outsider/linalg';
import { dense, denseOnConstant } from '../graph/dense-op.ts';
import { createOptimizer } from '../training/create-optimizer.ts';
import { balancedClassWeights } from '../training/class-weights.ts';
import { learningRateAt } from '../training/learning-rate.ts';
import type { EpochMetrics, StepMetrics } from '../training/training-state.ts';
import { seededRandom, type SeededRandom } from '../seeded-random.ts';
import { checkFeatures, type LabelledFeatures } from './check-features.ts';
import { parseHeadOptions, type HeadOptions } from './head-options.ts';
import type { Head } from './head.ts';
import { randomOrthogonal } from './random-orthogonal.ts';

export interface TrainHeadRequest {
  readonly train: LabelledFeatures;
  readonly validation?: LabelledFeatures;
  /** How many classes there are, at least two. */
  readonly classes: number;
  readonly options?: Partial<HeadOptions>;
  readonly onStep?: (metrics: StepMetrics) => void | Promise<void>;
  readonly onEpoch?: (metrics: EpochMetrics) => void | Promise<void>;
  readonly signal?: AbortSignal;
}

export interface TrainedHead {
  readonly head: Head;
  readonly history: readonly EpochMetrics[];
  /** The epoch whose weights were kept: the lowest validation loss, or the last epoch without validation data. */
  readonly bestEpoch: number;
  readonly options: HeadOptions;
}

/**
 * Trains dropout → Dense(units, elu) → dropout → Dense(classes), softmax cross-entropy, on pooled features of a frozen
 * backbone.
 *
 * Features are scaled to a root mean square of one while training, and the scale is then folded into the relevant layer,
 * which therefore reads features as the backbone emits them. Repeatable: the seed and the backend fix the result.
 *
 * Gives the event loop a turn after each step. Needs a selected backend.
 *
 * @throws {InvalidArgumentError | ShapeError | TooFewSamplesError} when data or options are not usable
 * @throws {FailedPreconditionError} when the loss is not finite: names the step and the learning rate
 * @throws {CancelledError} when `signal` fires
 */
export async function trainHead(request: TrainHeadRequest): Promise<TrainedHead> {
  const options = parseHeadOptions(request.options);
  const { train, validation, classes, onStep, onEpoch, signal } = request;
  checkFeatures('training', train, classes, train.features.cols);
  if (validation) checkFeatures('validation', validation, classes, train.features.cols);
  const counts = countLabels(train.labels, classes);
  const missing = counts.indexOf(0);
  if (missing >= 0) throw new TooFewSamplesError(`class ${missing} of the training data`, 1, 0);

  const random = seededRandom(options.seed);
  const scale = fitScale(train.features);
  const weights = createVariables(train.features.cols, classes, options, random);
  const optimizer = createOptimizer(new Map(Object.values(weights).map((weight) => [weight.name, weight])), options);
  const sampleWeights =
    options.classWeights === 'balanced'
      ? balancedClassWeights(train.labels, classes)
      : new Float32Array(classes).fill(1);
  const n = train.features.rows;
  const stepsPerEpoch = Math.ceil(n / options.batchSize);
  const totalSteps = stepsPerEpoch * options.epochs;

  const history: EpochMetrics[] = [];
  let best = { loss: Infinity, epoch: 0, head: null as Head | null };
  try {
    let step = 0;
    const stalled = () => options.patience > 0 && history.length - best.epoch >= options.patience;
    for (let epoch = 1; epoch <= options.epochs && !stalled(); epoch++) {
      const started = performance.now();
      const order = random.permutation(n);
      const sum = { loss: 0, correct: 0 };
      for (let first = 0; first < n; first += options.batchSize) {
        if (signal?.aborted) throw new CancelledError('the training');
        const stepStarted = performance.now();
        const indices = order.subarray(first, first + options.batchSize);
        const learningRate = learningRateAt(++step, totalSteps, options);
        const { loss, correct } = trainStep(
          weights,
          optimizer,
          batchOf(train, indices, scale),
          classes,
          sampleWeights,
          learningRate,
          options,
          random,
        );
        if (!Number.isFinite(loss)) {
          throw new FailedPreconditionError(
            `the loss became ${loss} in step ${step} (epoch ${epoch}) at learning rate ${learningRate.toPrecision(3)}; a smaller learning rate may help`,
            { reason: 'LOSS_NOT_FINITE', step: String(step), epoch: String(epoch), learningRate: String(learningRate) },
          );
        }
        sum.loss += loss * indices.length;
        sum.correct += correct;
        const samplesPerSecond = (1000 * indices.length) / (performance.now() - stepStarted);
        await onStep?.({
          epoch,
          step,
          totalSteps,
          loss,
          accuracy: correct / indices.length,
          learningRate,
          samplesPerSecond,
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
      const judged = validation ? evaluate(weights, validation, scale, classes) : null;
      const metrics: EpochMetrics = {
        epoch,
        loss: sum.loss / n,
        accuracy: sum.correct / n,
        ...(judged && { validationLoss: judged.loss, validationAccuracy: judged.accuracy }),
        seconds: (performance.now() - started) / 1000,
      };
      history.push(metrics);
      if (!judged || judged.loss < best.loss)
        best = { loss: judged?.loss ?? Infinity, epoch, head: readHead(weights, scale) };
      await onEpoch?.(metrics);
    }
  } finally {
    optimizer.dispose();
    tf.dispose(Object.values(weights));
  }
  if (!best.head)
    throw new FailedPreconditionError('the validation loss was never a finite number', { reason: 'LOSS_NOT_FINITE' });
  return { head: best.head, history, bestEpoch: best.epoch, options };
}

interface Variables {
  readonly kernel1: tf.Variable<tf.Rank.R2>;
  readonly bias1: tf.Variable<tf.Rank.R1>;
  readonly kernel2: tf.Variable<tf.Rank.R2>;
  readonly bias2: tf.Variable<tf.Rank.R1>;
}

type Variable2D = tf.Variable<tf.Rank.R2>;
type Variable1D = tf.Variable<tf.Rank.R1>;

/**
 * The relevant layer starts as a rotation of the features, so that what tells images apart in the backbone does so in it
 * from the start: logistic regression and nearest neighbours on it begin where they are on the features, whatever the
 * seed. (Glorot's uniform kernels, square as they are here, lose some directions; which ones depends on the seed.) The
 * output layer starts as Keras starts it, Glorot-uniform.
 */
function createVariables(features: number, classes: number, { units }: HeadOptions, random: SeededRandom): Variables {
  const rotation = randomOrthogonal(features, units, random).map((w) => initialGain * w);
  const limit = Math.sqrt(6 / (units + classes));
  const output = Float32Array.from({ length: units * classes }, () => limit * (2 * random.uniform() - 1));
  return {
    kernel1: tf.variable(tf.tensor2d(rotation, [features, units])) as Variable2D,
    bias1: tf.variable(tf.zeros([units])) as Variable1D,
    kernel2: tf.variable(tf.tensor2d(output, [units, classes])) as Variable2D,
    bias2: tf.variable(tf.zeros([classes])) as Variable1D,
  };
}

/** Keeps the relevant layer's sums around ±½, where elu bends them but little. */
const initialGain = 0.5;

interface Batch {
  readonly x: tf.Tensor2D;
  readonly labels: Int32Array;
}

function trainStep(
  { kernel1, bias1, kernel2, bias2 }: Variables,
  optimizer: { step(gradients: Record<string, tf.Tensor>, learningRate: number): void },
  { x, labels }: Batch,
  classes: number,
  classWeights: Float32Array,
  learningRate: number,
  { dropout, labelSmoothing, units }: HeadOptions,
  random: SeededRandom,
): { loss: number; correct: number } {
  return tf.tidy(() => {
    const n = labels.length;
    const dropped = tf.mul(x, dropoutMask(n, x.shape[1], dropout, random)) as tf.Tensor2D;
    const mask = dropoutMask(n, units, dropout, random);
    const targets = smoothTargets(labels, classes, labelSmoothing, classWeights);
    let logits: tf.Tensor2D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const relevant = tf.elu(denseOnConstant(dropped, kernel1, bias1));
      logits = tf.keep(dense(tf.mul(relevant, mask) as tf.Tensor2D, kernel2, bias2));
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))) as tf.Scalar;
    }, [kernel1, bias1, kernel2, bias2]);
    optimizer.step(grads, learningRate);
    const correct = countCorrect(logits!.dataSync(), labels, classes);
    logits!.dispose();
    return { loss: value.dataSync()[0], correct };
  });
}

/** 0 for what is left out, 1 / (1 − rate) for the rest. */
function dropoutMask(n: number, width: number, rate: number, random: SeededRandom): tf.Tensor2D {
  const kept = 1 / (1 - rate);
  return tf.tensor2d(
    Float32Array.from({ length: n * width }, () => (random.uniform() < rate ? 0 : kept)),
    [n, width],
  );
}

/** Rows of target probabilities, each times the weight of its class. */
function smoothTargets(
  labels: Int32Array,
  classes: number,
  smoothing: number,
  classWeights: Float32Array,
): tf.Tensor2D {
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    targets.fill((classWeights[label] * smoothing) / classes, i * classes, (i + 1) * classes);
    targets[i * classes + label] += classWeights[label] * (1 - smoothing);
  });
  return tf.tensor2d(targets, [labels.length, classes]);
}

/** Plain cross-entropy and accuracy without dropout, smoothing and weights. */
function evaluate(
  { kernel1, bias1, kernel2, bias2 }: Variables,
  data: LabelledFeatures,
  scale: number,
  classes: number,
): { loss: number; accuracy: number } {
  const n = data.features.rows;
  const sum = { loss: 0, correct: 0 };
  for (let first = 0; first < n; first += 256) {
    const indices = Uint32Array.from({ length: Math.min(256, n - first) }, (_, i) => first + i);
    const { x, labels } = batchOf(data, indices, scale);
    const logProbabilities = tf.tidy(() =>
      tf.logSoftmax(dense(tf.elu(dense(x, kernel1, bias1)), kernel2, bias2)).dataSync(),
    );
    x.dispose();
    labels.forEach((label, i) => (sum.loss -= logProbabilities[i * classes + label]));
    sum.correct += countCorrect(logProbabilities, labels, classes);
  }
  return { loss: sum.loss / n, accuracy: sum.correct / n };
}

function countCorrect(scores: ArrayLike<number>, labels: Int32Array, classes: number): number {
  return labels.reduce((correct, label, i) => {
    for (let c = 0; c < classes; c++) if (scores[i * classes + c] > scores[i * classes + label]) return correct;
    return correct + 1;
  }, 0);
}

/**
 * What features are multiplied with, so that their root mean square is one. They are not centred: centred features lose
 * the direction that in-distribution images share, and with it what nearest neighbours by angle tell novel images by.
 */
function fitScale({ data }: Matrix): number {
  let meanSquare = 0;
  for (const value of data) meanSquare += value ** 2 / data.length;
  return meanSquare > 0 ? 1 / Math.sqrt(meanSquare) : 1;
}

function batchOf({ features, labels }: LabelledFeatures, indices: Uint32Array, scale: number): Batch {
  const { cols, data } = features;
  const x = new Float32Array(indices.length * cols);
  indices.forEach((row, i) => {
    for (let j = 0; j < cols; j++) x[i * cols + j] = data[row * cols + j] * scale;
  });
  return { x: tf.tensor2d(x, [indices.length, cols]), labels: Int32Array.from(indices, (row) => labels[row]) };
}

/** (scale · x) · K = x · (scale · K). */
function readHead({ kernel1, bias1, kernel2, bias2 }: Variables, scale: number): Head {
  return {
    relevantLayer: {
      kernel: kernel1.dataSync<'float32'>().map((w) => w * scale),
      bias: bias1.dataSync<'float32'>().slice(),
    },
    outputLayer: { kernel: kernel2.dataSync<'float32'>().slice(), bias: bias2.dataSync<'float32'>().slice() },
  };
}

function countLabels(labels: ArrayLike<number>, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}
