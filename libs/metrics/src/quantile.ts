import { InvalidArgumentError, TooFewSamplesError } from '@outsider/domain';

/**
 * The value below which a share `q` lies, interpolated linearly between neighbours as numpy does by default.
 *
 * @throws {TooFewSamplesError} without values
 * @throws {InvalidArgumentError} when q is not in [0, 1]
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantiles(values, [q])[0];
}

/** Several {@link quantile}s of the same values, which are sorted once. */
export function quantiles(values: ArrayLike<number>, qs: readonly number[]): number[] {
  if (values.length === 0) throw new TooFewSamplesError('quantile', 1, 0);
  const ascending = Float64Array.from(values).sort();
  return qs.map((q) => {
    if (!(q >= 0 && q <= 1)) throw new InvalidArgumentError(`quantile: expected a share in [0, 1], got ${q}`);
    const position = q * (ascending.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, ascending.length - 1);
    const share = position - below;
    return share === 0 ? ascending[below] : ascending[below] * (1 - share) + ascending[above] * share;
  });
}

export interface Histogram {
  /** Ascending, one more than there are counts. Bins hold their lower edge; the last one its upper edge, too. */
  readonly edges: Float64Array;
  readonly counts: Int32Array;
}

/**
 * Counts in bins of equal width.
 *
 * @param range from the least to the greatest value by default; values outside are not counted
 * @throws {InvalidArgumentError} when bins is not a whole number from 1 or the range is empty
 */
export function histogram(values: ArrayLike<number>, bins: number, range?: readonly [number, number]): Histogram {
  if (!Number.isInteger(bins) || bins < 1)
    throw new InvalidArgumentError(`bins: expected a whole number from 1, got ${bins}`);
  const [low, high] = range ?? extent(values);
  if (!(low <= high) || !Number.isFinite(high - low))
    throw new InvalidArgumentError(`range: expected finite low ≤ high, got ${low} and ${high}`);
  const width = high > low ? (high - low) / bins : 1;
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins && high > low ? high : low + i * width));
  const counts = new Int32Array(bins);
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= low && values[i] <= high)) continue;
    let bin = Math.min(bins - 1, Math.floor((values[i] - low) / width));
    // The division may round across an edge.
    if (values[i] < edges[bin]) bin--;
    else if (bin + 1 < bins && values[i] >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return { edges, counts };
}

function extent(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  return values.length > 0 ? [low, high] : [0, 1];
}
