/** Equal bins over [low, high]; what lies outside counts in the outermost bin, so that no photo disappears. */
export interface Bins {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/**
 * A range that shows the bulk of all series: their common 0.5 %–99.5 % span, widened by a margin and to `include`.
 *
 * @param series non-finite values are ignored
 */
export function binsFor(series: readonly ArrayLike<number>[], count: number, include: readonly number[] = []): Bins {
  const values = series.flatMap((scores) => Array.from(scores).filter(Number.isFinite)).sort((a, b) => a - b);
  if (values.length === 0) return { low: 0, high: 1, count };
  const inside = [quantileOf(values, 0.005), quantileOf(values, 0.995), ...include.filter(Number.isFinite)];
  let low = Math.min(...inside);
  let high = Math.max(...inside);
  if (high - low < 1e-12 * Math.max(1, Math.abs(low))) {
    low -= 0.5;
    high += 0.5;
  }
  const margin = (high - low) * 0.02;
  return { low: low - margin, high: high + margin, count };
}

/** How many widths of the relevant scores the range of scores may reach beyond them. */
const reach = 3;

/**
 * A range for scores: the bulk of all of them, but no farther from the relevant ones than three times their own width.
 * Some methods score the strangest photos a hundred times higher; the threshold would vanish beside them.
 */
export function scoreBins(
  relevant: ArrayLike<number>,
  others: readonly ArrayLike<number>[],
  count: number,
  include: readonly number[] = [],
): Bins {
  const all = binsFor([relevant, ...others], count, include);
  if (relevant.length === 0) return all;
  const own = binsFor([relevant], count, include);
  const width = own.high - own.low;
  return {
    low: Math.max(all.low, own.low - reach * width),
    high: Math.min(all.high, own.high + reach * width),
    count,
  };
}

/** Share of the values in each bin, shape [bins.count], summing to 1 (all zero without values). */
export function toHistogram(values: ArrayLike<number>, bins: Bins): number[] {
  const shares = new Array<number>(bins.count).fill(0);
  const finite = Array.from(values).filter((value) => !Number.isNaN(value));
  for (const value of finite) shares[binOf(value, bins)]! += 1 / finite.length;
  return shares;
}

export function binOf(value: number, { low, high, count }: Bins): number {
  const bin = Math.floor(((value - low) / (high - low)) * count);
  return Math.min(count - 1, Math.max(0, bin));
}

/** Linear interpolation between order statistics of sorted values; NaN without values. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
