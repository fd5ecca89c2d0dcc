/** Spearman's rank correlation by its definition; equal values share the mean of their ranks. Slow and obvious. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const x = ranksOf(Array.from(a));
  const y = ranksOf(Array.from(b));
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  const covariance = meanOf(x.map((rank, i) => (rank - meanX) * (y[i] - meanY)));
  const variance = (ranks: number[], mean: number) => meanOf(ranks.map((rank) => (rank - mean) ** 2));
  return covariance / Math.sqrt(variance(x, meanX) * variance(y, meanY));
}

function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
