import type { LayerGraph } from '../graph/layer-graph.ts';
import { mergeLayers } from '../graph/merge-layers.ts';
import type { Weights } from '../weights/weights.ts';
import { createOptimizer, type OptimizerOptions } from './create-optimizer.ts';
import { inputWidths } from './dropout-masks.ts';
import type { Schedule } from './learning-rate.ts';
import type { Targets } from './loss.ts';
import { judgeEpoch, trainEpoch, type EpochResult, type Training } from './train-epoch.ts';
import { createTrainedWeights } from './trained-weights.ts';
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
  /** Judges the weights that it starts from as epoch 0: where no epoch does better, they are kept. */
  readonly judgeStart?: boolean;
  /** Goes on from the end of an epoch, as if there had been no stop. */
  readonly resume?: TrainingState;
  readonly onStart?: (judged: EpochResult) => void | Promise<void>;
  readonly onStep?: (metrics: StepMetrics) => void | Promise<void>;
  readonly onEpoch?: (metrics: EpochMetrics) => void | Promise<void>;
  /** At the end of each epoch; training waits for it. */
  readonly onState?: (state: TrainingState) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface TrainedNetwork {
  /** Of the best epoch: the lowest validation loss. */
  readonly weights: Weights;
  /** 0 for the weights that training started from, see {@link TrainNetworkRequest.judgeStart}. */
  readonly bestEpoch: number;
  /** Validation loss of `weights`; Infinity without validation data. */
  readonly bestLoss: number;
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
  const { graph, options, resume } = request;
  const merged = mergeLayers(graph);
  const weights = createTrainedWeights(merged, graph.layers, new Map([...request.weights, ...(resume?.weights ?? [])]));
  const optimizer = createOptimizer(weights.variables, options);
  if (resume) optimizer.writeState(resume.optimizer);
  const training: Training = { request, merged, weights, optimizer, widths: inputWidths(graph, request.droppedInputs) };
  const history: EpochMetrics[] = [...(resume?.history ?? [])];
  let best = resume?.best ?? { epoch: 0, loss: Infinity, weights: request.weights };
  const stalled = () => options.patience > 0 && history.length - best.epoch >= options.patience;
  try {
    const start = request.judgeStart && !resume ? await judgeEpoch(training, 0) : undefined;
    if (start) {
      best = { epoch: 0, loss: start.loss, weights: weights.read() };
      await request.onStart?.(start);
    }
    while (history.length < options.epochs && !stalled()) {
      const epoch = history.length + 1;
      const started = performance.now();
      const trained = await trainEpoch(training, epoch);
      const judged = await judgeEpoch(training, epoch);
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
  const stoppedEarly = history.length < options.epochs;
  return { weights: best.weights, bestEpoch: best.epoch, bestLoss: best.loss, history, stoppedEarly };
}
