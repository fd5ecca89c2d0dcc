import { InvalidArgumentError, ShapeError, TooFewSamplesError } from '@outsider/domain';
import type { Matrix } from '@outsider/linalg';

/** Pooled features [n, d] with a class index each. */
export interface LabelledFeatures {
  readonly features: Matrix;
  /** 0 … classes − 1. */
  readonly labels: ArrayLike<number>;
}

/**
 * @param what names the data in errors
 * @param width the expected d
 * @throws {InvalidArgumentError | ShapeError | TooFewSamplesError} when a head cannot be trained or judged on the data
 */
export function checkFeatures(
  what: string,
  { features, labels }: LabelledFeatures,
  classes: number,
  width: number,
): void {
  if (!Number.isInteger(classes) || classes < 2)
    throw new InvalidArgumentError(`a head needs two classes or more, got ${classes}`);
  if (features.cols !== width) throw new ShapeError(`${what} features`, ['n', width], [features.rows, features.cols]);
  if (features.data.length !== features.rows * width)
    throw new ShapeError(`${what} features`, [features.rows, width], [features.data.length]);
  if (labels.length !== features.rows) throw new ShapeError(`${what} labels`, [features.rows], [labels.length]);
  if (features.rows === 0) throw new TooFewSamplesError(`${what} data`, 1, 0);
  for (let i = 0; i < labels.length; i++) {
    if (!Number.isInteger(labels[i]) || labels[i] < 0 || labels[i] >= classes) {
      throw new InvalidArgumentError(
        `${what} label ${i} is ${labels[i]}, expected a class index from 0 to ${classes - 1}`,
      );
    }
  }
  const bad = features.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new InvalidArgumentError(
      `the ${what} features of sample ${Math.floor(bad / width)} hold numbers that are not finite`,
    );
}
