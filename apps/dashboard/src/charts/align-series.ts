import type { MetricSeries } from '../views/live-run.ts';

/** Column 0: the steps of all series, ascending; then a column per series, null where it has no value. */
export type AlignedSeries = [number[], ...(number | null)[][]];

/** Puts series that were measured at different steps on one axis, as uPlot wants them. */
export function alignSeries(series: readonly MetricSeries[]): AlignedSeries {
  const steps = [...new Set(series.flatMap((one) => one.steps))].sort((a, b) => a - b);
  const columns = series.map((one) => {
    const valueAt = new Map(one.steps.map((step, i) => [step, one.values[i] ?? null]));
    return steps.map((step) => valueAt.get(step) ?? null);
  });
  return [steps, ...columns];
}
