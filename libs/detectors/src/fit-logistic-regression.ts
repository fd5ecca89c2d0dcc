import { InvalidArgumentError, ShapeError, TooFewSamplesError } from '@outsider/domain';
import {
  multiplyTransposed,
  prepareVectorProducts,
  requireFinite,
  selectRows,
  zeros,
  type Float64Matrix,
  type Matrix,
} from '@outsider/linalg';
import { minimise } from '@outsider/optimize';
import { logisticLoss, parameterRows, sigmoid, totalWeight, type LogisticSample } from './logistic-loss.ts';
import { rowSpan, type RowSpan } from './row-span.ts';

export interface LogisticOptions {
  /** Inverse strength of the L2 penalty on the weights, > 0. */
  readonly c: number;
  /** Done when no component of the gradient of the mean loss exceeds this. */
  readonly tol: number;
  /** Weighs every class alike, however many samples it has. */
  readonly balanced: boolean;
  readonly maxIterations?: number;
  readonly isCancelled?: () => boolean;
}

/** Class k has the logit weights[k] · x + intercepts[k]; with two classes the only row is for class 1 against class 0. */
export interface LogisticModel {
  readonly classes: number;
  /** Shape [1, d] for two classes, else [classes, d]. */
  readonly weights: Float64Matrix;
  readonly intercepts: Float64Array;
}

/**
 * Logistic regression, binary or softmax, with an L2 penalty: scikit-learn's objective, minimised by L-BFGS from zero.
 *
 * With fewer rows than columns it works in the span of the rows, where the minimum lies; since L-BFGS does not see a
 * rotation, even its steps are the same.
 *
 * @param x shape [n, d]
 * @param labels class indices 0 … classes − 1, shape [n], at least two of them present
 * @throws {InvalidArgumentError} for options out of range or values that are not finite
 * @throws {ShapeError} @throws {TooFewSamplesError} @throws {CancelledError}
 */
export function fitLogisticRegression(
  x: Matrix,
  labels: Int32Array,
  classes: number,
  options: LogisticOptions,
): LogisticModel {
  const { c, tol, balanced } = options;
  requireFinite(x, 'activations');
  const span = rowSpan(x);
  const problem = logisticProblem(span, labels, { classes, balanced });
  return toFeatureModel(followTolerances(problem, { c, tols: [tol] }, options)[0], span);
}

/** Rows of a span with their labels, ready to descend on with one penalty after another. */
export interface LogisticProblem {
  readonly span: RowSpan;
  readonly sample: LogisticSample;
}

/**
 * @param labels class indices of `rows`
 * @param rows of the span; all by default
 * @throws {ShapeError} @throws {InvalidArgumentError} @throws {TooFewSamplesError}
 */
export function logisticProblem(
  span: RowSpan,
  labels: Int32Array,
  { classes, balanced, rows }: { readonly classes: number; readonly balanced: boolean; readonly rows?: Int32Array },
): LogisticProblem {
  const x = rows ? selectRows(span.coordinates, rows) : span.coordinates;
  const classWeights = weighClasses(labels, classes, x.rows, balanced);
  return { span, sample: { x: prepareVectorProducts(x), labels, classes, classWeights } };
}

/**
 * One descent for several tolerances: the looser is met on the way to the tighter. The models are those that separate
 * fits would give.
 *
 * @returns one model for each of `tols`, in their order, that reads coordinates of the span
 * @throws {InvalidArgumentError} @throws {CancelledError}
 */
export function followTolerances(
  { span, sample }: LogisticProblem,
  { c, tols }: { readonly c: number; readonly tols: readonly number[] },
  control: { readonly maxIterations?: number; readonly isCancelled?: () => boolean } = {},
): LogisticModel[] {
  if (!(c > 0 && c < Infinity))
    throw new InvalidArgumentError(`logistic regression: c must be a number above 0, got ${c}`);
  for (const tol of tols)
    if (!(tol > 0)) throw new InvalidArgumentError(`logistic regression: tol must be above 0, got ${tol}`);
  const models = tols.map((): Float64Array | undefined => undefined);
  const { classes } = sample;
  const count = parameterRows(classes);
  const rank = span.coordinates.cols;
  const penalty = 1 / (c * totalWeight(sample.labels, sample.classWeights));

  const { x: last } = minimise(logisticLoss(sample, penalty), new Float64Array(count * (rank + 1)), {
    isDone: ({ x: parameters, gradient }) => {
      tols.forEach((tol, t) => {
        if (!models[t] && isFlat(gradient, count, span, tol)) models[t] = parameters;
      });
      return models.every((model) => model !== undefined);
    },
    valueTolerance: 64 * Number.EPSILON,
    maxIterations: control.maxIterations ?? 2000,
    isCancelled: control.isCancelled,
  });
  // Where rounding ends the descent early, that point serves every tolerance not yet met.
  return tols.map((_, t) => toModel(models[t] ?? last, classes, rank));
}

/**
 * Whether no component of the gradient exceeds `tol`, in feature space. Its Euclidean norm there, which is the same in
 * the span, settles nearly every case.
 */
function isFlat(gradient: Float64Array, count: number, span: RowSpan, tol: number): boolean {
  const rank = span.coordinates.cols;
  for (let k = 0; k < count; k++) if (Math.abs(gradient[count * rank + k]) > tol) return false;
  for (let k = 0; k < count; k++) {
    const part = gradient.slice(k * rank, (k + 1) * rank);
    const norm = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
    if (norm <= tol) continue;
    if (norm > tol * Math.sqrt(span.features)) return false;
    if (span.exceeds(part, tol)) return false;
  }
  return true;
}

function toModel(parameters: Float64Array, classes: number, rank: number): LogisticModel {
  const count = parameterRows(classes);
  const weights = { rows: count, cols: rank, data: parameters.slice(0, count * rank) };
  return { classes, weights, intercepts: parameters.slice(count * rank) };
}

/** The same model, reading features instead of coordinates of the span. */
export function toFeatureModel({ classes, weights, intercepts }: LogisticModel, span: RowSpan): LogisticModel {
  const data = new Float64Array(weights.rows * span.features);
  for (let k = 0; k < weights.rows; k++) {
    data.set(span.toFeatures(weights.data.slice(k * weights.cols, (k + 1) * weights.cols)), k * span.features);
  }
  return { classes, weights: { rows: weights.rows, cols: span.features, data }, intercepts };
}

/** @throws {ShapeError} @throws {InvalidArgumentError} @throws {TooFewSamplesError} */
function weighClasses(labels: Int32Array, classes: number, n: number, balanced: boolean): Float64Array {
  if (labels.length !== n) throw new ShapeError('labels', [n], [labels.length]);
  const counts = new Float64Array(classes);
  for (const label of labels) {
    if (!(label >= 0 && label < classes)) {
      throw new InvalidArgumentError(`labels: expected class indices from 0 to ${classes - 1}, got ${label}`);
    }
    counts[label]++;
  }
  const present = counts.filter((each) => each > 0).length;
  if (present < 2) throw new TooFewSamplesError('logistic regression, in classes', 2, present);
  return counts.map((each) => (balanced && each > 0 ? n / (present * each) : 1));
}

/** Logits of every row, shape [n, 1] for two classes, else [n, classes]. @throws {ShapeError} */
export function logits({ weights, intercepts }: LogisticModel, x: Matrix): Float64Matrix {
  const out = multiplyTransposed(x, weights);
  for (let i = 0; i < out.data.length; i++) out.data[i] += intercepts[i % out.cols];
  return out;
}

/** Probability of every class, shape [n, classes]; rows sum to one. @throws {ShapeError} */
export function predictProbability(model: LogisticModel, x: Matrix): Float64Matrix {
  const margins = logits(model, x);
  const out = zeros(x.rows, model.classes);
  for (let i = 0; i < x.rows; i++) {
    const to = out.data.subarray(i * model.classes, (i + 1) * model.classes);
    if (model.classes === 2) {
      to[0] = sigmoid(-margins.data[i]);
      to[1] = sigmoid(margins.data[i]);
      continue;
    }
    const from = margins.data.subarray(i * model.classes, (i + 1) * model.classes);
    const largest = from.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let k = 0; k < model.classes; k++) sum += to[k] = Math.exp(from[k] - largest);
    for (let k = 0; k < model.classes; k++) to[k] /= sum;
  }
  return out;
}
