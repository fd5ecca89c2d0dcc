import type { Weights } from '../weights/weights.ts';

/** How one epoch went. */
export interface EpochMetrics {
  /** Counts from 1. */
  readonly epoch: number;
  /** Means over the epoch's batches, with dropout. */
  readonly loss: number;
  readonly accuracy: number;
  /** Without dropout; absent without validation data. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly seconds: number;
}

/** How one step went. */
export interface StepMetrics {
  /** Both count from 1; steps go on through the epochs. */
  readonly epoch: number;
  readonly step: number;
  readonly totalSteps: number;
  /** Of this batch, with dropout. */
  readonly loss: number;
  readonly accuracy: number;
  readonly learningRate: number;
  readonly samplesPerSecond: number;
}

/**
 * Everything that the rest of a training depends on, at the end of an epoch. Random numbers are drawn anew for each
 * place in a training, so the epoch is all of their state.
 */
export interface TrainingState {
  readonly epoch: number;
  readonly weights: Weights;
  readonly optimizer: Weights;
  /** The epoch of the lowest validation loss so far, and its weights; 0 for those that training started from. */
  readonly best: { readonly epoch: number; readonly loss: number; readonly weights: Weights };
  readonly history: readonly EpochMetrics[];
}
