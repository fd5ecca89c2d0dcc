import type { MetricSeries } from './live-run.ts';

/**
 * A curve as at most `maxPoints` means over stretches of equal length in steps, each at its last step. What was thinned
 * before and what came live since then look alike.
 */
export function thinSeries(series: MetricSeries, maxPoints: number): MetricSeries {
  const { steps } = series;
  if (steps.length <= maxPoints) return series;
  const first = steps[0]!;
  const length = (steps.at(-1)! - first + 1) / maxPoints;
  const thin = { steps: [] as number[], values: [] as (number | null)[] };
  let from = 0;
  for (let i = 1; i <= steps.length; i++) {
    const stretch = (at: number) => Math.floor((steps[at]! - first) / length);
    if (i < steps.length && stretch(i) === stretch(from)) continue;
    const known = series.values.slice(from, i).filter((value) => value !== null);
    thin.steps.push(steps[i - 1]!);
    thin.values.push(known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null);
    from = i;
  }
  return thin;
}
