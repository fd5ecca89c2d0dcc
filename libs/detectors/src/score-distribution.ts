import { TooFewSamplesError } from '@outsider/domain';

/**
 * In-distribution scores of one method as a distribution: empirical up to its 90th percentile, exponential beyond. Makes
 * scores of different methods comparable where it matters, at the strict end, past the last score that was seen.
 */
export interface ScoreDistribution {
  /** Ascending, shape [n]. */
  readonly sorted: Float64Array;
  /** Where the exponential tail starts, and the share of scores beyond it. */
  readonly tailFrom: number;
  readonly tailShare: number;
  /** Mean excess over `tailFrom` of the scores beyond it, > 0. */
  readonly tailScale: number;
  readonly mean: number;
  /** > 0. */
  readonly deviation: number;
}

const tailShare = 0.1;
/** Fewer scores than this say nothing of a tail. */
const smallestSample = 4;

/** @throws {TooFewSamplesError} for fewer than four scores */
export function fitScoreDistribution(scores: Float64Array): ScoreDistribution {
  const n = scores.length;
  if (n < smallestSample) throw new TooFewSamplesError('the distribution of in-distribution scores', smallestSample, n);
  const sorted = scores.toSorted();
  const mean = sorted.reduce((sum, score) => sum + score, 0) / n;
  const deviation = Math.sqrt(sorted.reduce((sum, score) => sum + (score - mean) ** 2, 0) / n);
  const beyond = Math.max(1, Math.round(n * tailShare));
  const tailFrom = sorted[n - 1 - beyond];
  let excess = 0;
  for (let i = n - beyond; i < n; i++) excess += sorted[i] - tailFrom;
  // Scores that are all equal, or a tail of ties, still need a unit to measure by.
  const unit = deviation > 1e-12 * Math.abs(mean) && deviation > 0 ? deviation : Math.max(Math.abs(mean), 1);
  return {
    sorted,
    tailFrom,
    tailShare: beyond / n,
    tailScale: excess > 0 ? excess / beyond : unit,
    mean,
    deviation: unit,
  };
}

/**
 * −log P(an in-distribution score ≥ `score`): 0 for the least novel, growing without bound, never decreasing.
 *
 * Between two scores that were seen the probability is interpolated, so that scores do not tie.
 */
export function surprise({ sorted, tailFrom, tailShare: share, tailScale }: ScoreDistribution, score: number): number {
  if (score >= tailFrom) return (score - tailFrom) / tailScale - Math.log(share);
  const n = sorted.length;
  if (score <= sorted[0]) return 0;
  const above = firstAtLeast(sorted, score);
  const [low, high] = [sorted[above - 1], sorted[above]];
  // The probability runs from 1 at the smallest score to `share` at the start of the tail.
  const position = above - 1 + (score - low) / (high - low);
  return -Math.log(1 - (position / (n - 1 - Math.round(share * n))) * (1 - share));
}

/** Standard deviations above the in-distribution mean. */
export function standardScore({ mean, deviation }: ScoreDistribution, score: number): number {
  return (score - mean) / deviation;
}

/** Index of the first value ≥ `score`; there is one. */
function firstAtLeast(sorted: Float64Array, score: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < score) low = middle + 1;
    else high = middle;
  }
  return low;
}
