import { InvalidArgumentError } from '@outsider/domain';
import { requireFinite, selectRows, type Matrix } from '@outsider/linalg';
import { logLoss } from '@outsider/metrics';
import { checkpoint } from './checkpoint.ts';
import type { FitControl } from './detector.ts';
import {
  followTolerances,
  logisticProblem,
  predictProbability,
  toFeatureModel,
  type LogisticModel,
} from './fit-logistic-regression.ts';
import { rowSpan } from './row-span.ts';
import { stratifiedFolds } from './stratified-k-fold.ts';

export interface LogisticGrid {
  readonly c: readonly number[];
  readonly tol: readonly number[];
  readonly folds: number;
  readonly balanced: boolean;
}

/** The tutorial's grid. */
export const tutorialGrid: LogisticGrid = { c: [10, 2, 0.9, 0.4, 0.1], tol: [1e-4, 1e-3], folds: 3, balanced: true };

export interface GridPoint {
  readonly c: number;
  readonly tol: number;
  /** Mean over the folds of the log loss on the fold left out. */
  readonly logLoss: number;
}

export interface GridSearchResult {
  /** Every combination, `tol` changing fastest. */
  readonly points: readonly GridPoint[];
  /** The point of the lowest log loss; of equal ones the first. */
  readonly best: GridPoint;
  /** Fitted anew on all samples with the best point. */
  readonly model: LogisticModel;
}

/**
 * Chooses C and tolerance of a logistic regression by stratified k-fold cross-validation and fits once more on
 * everything: scikit-learn's `GridSearchCV(scoring='neg_log_loss', refit=True)`.
 *
 * The rows' span is found once for all folds, and one descent serves all tolerances of a C.
 *
 * @param x shape [n, d]
 * @param labels class indices 0 … classes − 1, shape [n]
 * @throws {InvalidArgumentError} for an empty grid or values that are not finite
 * @throws {TooFewSamplesError} when there are not enough samples for the folds
 * @throws {CancelledError}
 */
export function searchLogisticGrid(
  x: Matrix,
  labels: Int32Array,
  classes: number,
  grid: LogisticGrid,
  control?: FitControl,
): GridSearchResult {
  if (grid.c.length === 0 || grid.tol.length === 0)
    throw new InvalidArgumentError('grid: expected at least one c and one tol');
  checkpoint(control, 0);
  requireFinite(x, 'activations');
  const span = rowSpan(x);
  const { isCancelled } = control ?? {};
  const folds = stratifiedFolds(labels, grid.folds);
  const steps = grid.folds * grid.c.length + 1;
  const losses = new Float64Array(grid.c.length * grid.tol.length);

  for (let fold = 0; fold < grid.folds; fold++) {
    const train = Int32Array.from(folds.keys()).filter((i) => folds[i] !== fold);
    const test = Int32Array.from(folds.keys()).filter((i) => folds[i] === fold);
    const heldOut = selectRows(span.coordinates, test);
    const labelsOf = (rows: Int32Array): Int32Array => rows.map((i) => labels[i]);
    const problem = logisticProblem(span, labelsOf(train), { classes, balanced: grid.balanced, rows: train });
    grid.c.forEach((c, at) => {
      followTolerances(problem, { c, tols: grid.tol }, { isCancelled }).forEach((model, t) => {
        const loss = logLoss(predictProbability(model, heldOut), labelsOf(test));
        losses[at * grid.tol.length + t] += loss / grid.folds;
      });
      checkpoint(control, (fold * grid.c.length + at + 1) / steps, `fold ${fold + 1} of ${grid.folds}, C ${c}`);
    });
  }

  const points = grid.c.flatMap((c, at) =>
    grid.tol.map((tol, t) => ({ c, tol, logLoss: losses[at * grid.tol.length + t] })),
  );
  const best = points.reduce((least, point) => (point.logLoss < least.logLoss ? point : least));
  const problem = logisticProblem(span, labels, { classes, balanced: grid.balanced });
  const [model] = followTolerances(problem, { c: best.c, tols: [best.tol] }, { isCancelled });
  checkpoint(control, 1);
  return { points, best, model: toFeatureModel(model, span) };
}
