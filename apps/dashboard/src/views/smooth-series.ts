import type { MetricSeries } from './live-run.ts';

/**
 * A noisy curve's course: the exponentially weighted mean of each value and those before it, with the start's bias
 * taken out, so that the first value stands for itself. Values that are missing stay missing and weigh nothing.
 *
 * @param weight of the past, 0 (no smoothing) to below 1
 */
export function smoothSeries({ steps, values }: MetricSeries, weight: number): MetricSeries {
  let mean = 0;
  let mass = 0;
  return {
    steps,
    values: values.map((value) => {
      if (value === null) return null;
      mean = weight * mean + (1 - weight) * value;
      mass = weight * mass + (1 - weight);
      return mean / mass;
    }),
  };
}
