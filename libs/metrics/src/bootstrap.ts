import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';
import { createRandom, type Random } from '@outsider/linalg';
import { quantile } from './quantile.ts';

export interface BootstrapOptions {
  /** 1000 by default. */
  readonly resamples?: number;
  /** In (0, 1), 0.95 by default. */
  readonly confidence?: number;
  readonly seed: number;
}

export interface Interval {
  /** The statistic of the sample itself. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap of a statistic of several strata, each resampled within itself: in-distribution and novel
 * images, or every group of them, keep their sizes.
 *
 * @param strata sizes of the strata
 * @param statistic of the chosen indices, one array a stratum, as long as the stratum
 * @throws {TooFewSamplesError} when a stratum is empty
 * @throws {InvalidArgumentError} for options out of range
 */
export function bootstrapInterval(
  strata: readonly number[],
  statistic: (indices: readonly Int32Array[]) => number,
  { resamples = 1000, confidence = 0.95, seed }: BootstrapOptions,
): Interval {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new InvalidArgumentError(`resamples: expected a whole number from 1, got ${resamples}`);
  if (!(confidence > 0 && confidence < 1))
    throw new InvalidArgumentError(`confidence: expected a number between 0 and 1, got ${confidence}`);
  for (const size of strata) if (size < 1) throw new TooFewSamplesError('bootstrap stratum', 1, size);
  const identity = strata.map((size) => Int32Array.from({ length: size }, (_, i) => i));
  const random = createRandom(seed);
  const values = Float64Array.from({ length: resamples }, () =>
    statistic(identity.map((all) => resample(all, random))),
  );
  const tail = (1 - confidence) / 2;
  return { value: statistic(identity), low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/**
 * Interval of the difference `first` − `second` of a statistic, both taken of the same resampled images, so that what
 * they share cancels.
 */
export function bootstrapDifference(
  strata: readonly number[],
  first: (indices: readonly Int32Array[]) => number,
  second: (indices: readonly Int32Array[]) => number,
  options: BootstrapOptions,
): Interval {
  return bootstrapInterval(strata, (indices) => first(indices) - second(indices), options);
}

function resample(all: Int32Array, random: Random): Int32Array {
  return all.map(() => random.integer(all.length));
}
