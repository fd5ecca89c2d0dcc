import { describe, expect, it } from 'vitest';
import { thinSeries } from './thin-series.ts';

const seriesOf = (steps: number[], value: (step: number) => number | null) => ({ steps, values: steps.map(value) });
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('thinSeries', () => {
  it('is the mean of each stretch, at its last step', () => {
    expect(
      thinSeries(
        seriesOf(upTo(12), (step) => step),
        4,
      ),
    ).toEqual({ steps: [3, 6, 9, 12], values: [2, 5, 8, 11] });
  });

  it('evens out a coarse past and a dense end', () => {
    const steps = [...upTo(50).map((i) => i * 10), ...upTo(500).map((i) => 500 + i)];
    const thin = thinSeries(
      seriesOf(steps, () => 1),
      20,
    );
    expect(thin.steps).toHaveLength(20);
    expect(thin.steps.at(-1)).toBe(1000);
    const gaps = thin.steps.slice(1).map((step, i) => step - thin.steps[i]!);
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(10);
    expect(new Set(thin.values)).toEqual(new Set([1]));
  });

  it('passes over what is missing, and leaves a stretch without values missing', () => {
    const gone = seriesOf(upTo(6), (step) => (step === 1 || step > 4 ? null : step));
    expect(thinSeries(gone, 3)).toEqual({ steps: [2, 4, 6], values: [2, 3.5, null] });
  });

  it('leaves a short curve as it is', () => {
    const short = seriesOf(upTo(4), (step) => step);
    expect(thinSeries(short, 4)).toBe(short);
    expect(
      thinSeries(
        seriesOf([], () => null),
        4,
      ).steps,
    ).toEqual([]);
  });
});
