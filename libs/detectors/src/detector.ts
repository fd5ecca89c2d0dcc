import type { Layer } from '@outsider/domain';
import type { Matrix } from '@outsider/linalg';

/**
 * What a detector reads of n images: activations of the layers it names, and for methods on logits the output layer
 * they came from. All matrices have n rows, in one order.
 */
export interface Activations {
  readonly byLayer: Readonly<Partial<Record<Layer, Matrix>>>;
}

/** The backbone's output layer, logits = features · weights + bias, for methods that look at how features are read. */
export interface OutputLayer {
  /** Shape [d, classes]. */
  readonly weights: Matrix;
  /** Shape [classes]. */
  readonly bias: Float32Array;
}

/** What a detector is fitted on. */
export interface FitInput {
  /** In-distribution activations, n rows: the training bank for unsupervised methods. */
  readonly inDistribution: Activations;
  /** Class index of each in-distribution row, shape [n]. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** Held-out in-distribution and irrelevant activations for supervised methods; absent without irrelevant images. */
  readonly supervised?: {
    readonly activations: Activations;
    /** 1 = irrelevant (novel), 0 = in-distribution, shape [rows]. */
    readonly irrelevant: Uint8Array;
    /** Irrelevant group of each row, or '' for in-distribution rows. */
    readonly groups: readonly string[];
  };
  readonly outputLayer?: OutputLayer;
  readonly seed: number;
}

/** Progress in [0, 1] and cancellation for long fits. `onProgress` may be called any number of times. */
export interface FitControl {
  readonly onProgress?: (fraction: number, note?: string) => void;
  /** Polled between steps; when it returns true the fit throws CancelledError. */
  readonly isCancelled?: () => boolean;
}

/**
 * A detector is two pure functions and plain data: `fit` makes a model, `score` reads it. A model cannot exist
 * unfitted, and holds only numbers, strings, booleans, typed arrays and records or arrays of these, so it is stored as
 * it is (see model-codec.ts).
 *
 * Its members are methods, so that any `Detector<Model, Options>` is a `Detector`: the caller of `score` must hand
 * over the model that the same detector's `fit` made, and a stored model's header says which one that was.
 */
export interface Detector<Model = unknown, Options = unknown> {
  /** Kebab-case and stable: it names stored models. */
  readonly name: string;
  /** Raised whenever a stored model of an older format can no longer be read. */
  readonly formatVersion: number;
  /** Whether `fit` needs {@link FitInput.supervised}. Some unsupervised methods use it when it is there. */
  readonly supervised: boolean;
  readonly defaults: Options;
  /** Layers that must be present in {@link Activations}, at fit and at score. */
  layers(options: Options): readonly Layer[];
  /** Whether `fit` needs {@link FitInput.outputLayer}. */
  needsOutputLayer(options: Options): boolean;
  /**
   * Fills in defaults; `undefined` gives all of them.
   *
   * @throws {InvalidArgumentError} naming the field and what it may be
   */
  parseOptions(options: unknown): Options;
  fit(input: FitInput, options: Options, control?: FitControl): Model;
  /** Shape [n]; higher = more novel; unbounded, not a probability. Rows are scored one by one, whatever the batch. */
  score(model: Model, activations: Activations): Float64Array;
}
