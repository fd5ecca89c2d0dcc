'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { formatCount } from '../views/format.ts';
import type { MetricSeries } from '../views/live-run.ts';
import { alignSeries } from './align-series.ts';
import { onThemeChange, resolveColour } from './resolve-colour.ts';

export interface Line {
  readonly label: string;
  /** A CSS colour, such as `var(--relevant)`. */
  readonly colour: string;
  readonly dash?: readonly number[];
  /** A thin, pale line that is not named: the raw values behind their course. */
  readonly quiet?: boolean;
  readonly series: MetricSeries;
}

interface LineChartProps {
  title: string;
  lines: readonly Line[];
  /** Name of the steps, such as `epoch`. */
  stepName: string;
  format: (value: number) => string;
  /** Fixed end of the vertical axis; absent ends follow the data. */
  range?: { readonly low?: number; readonly high?: number };
  height?: number;
}

/** Curves that may grow while one looks: the chart is made once and given new data. */
export function LineChart({ title, lines, stepName, format, range, height = 220 }: LineChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const data = useMemo(() => alignSeries(lines.map((line) => line.series)), [lines]);
  const latest = useRef(data);
  latest.current = data;
  const names = lines.map((line) => `${line.label}|${line.colour}|${line.quiet}`).join();

  useEffect(() => {
    const host = frame.current;
    if (!host) return;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(
        optionsFor(host, lines, format, range, height, setCursor),
        latest.current as uPlot.AlignedData,
        host,
      );
    };
    draw();
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: host.clientWidth, height }));
    resized.observe(host);
    const stop = onThemeChange(draw);
    return () => {
      stop();
      resized.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
    // The chart is made again only when its lines are others, not when they grow.
  }, [names, height]);

  useEffect(() => {
    chart.current?.setData(data as uPlot.AlignedData);
  }, [data]);

  const at = cursor ?? data[0].length - 1;
  const named = lines.flatMap((line, i) => (line.quiet ? [] : [{ ...line, value: valueAt(data, i, at, format) }]));
  const summary = named.map(({ label, value }) => `${label} ${value}`).join(', ');
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-xs">
        <span className="text-sm font-medium">{title}</span>
        <span className="figures flex flex-wrap gap-x-3 text-soft">
          {data[0].length > 0 ? (
            <span>
              {stepName} {data[0][at]}
            </span>
          ) : null}
          {named.map(({ label, colour, value }) => (
            <span key={label} className="flex items-center gap-1.5">
              <span className="h-0.5 w-3.5 rounded" style={{ background: colour }} aria-hidden="true" />
              {label}
              <span className="min-w-11 text-ink">{value}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        role="img"
        aria-label={data[0].length > 0 ? `${title} by ${stepName}. Latest: ${summary}` : `${title}: no values yet`}
        className="relative"
        style={{ height }}
      >
        <div ref={frame} className="absolute inset-0 overflow-hidden" />
        {data[0].length === 0 ? (
          <p className="absolute inset-0 grid place-items-center text-sm text-faint">No values yet</p>
        ) : null}
      </div>
    </figure>
  );
}

/** The line's value at this step, or its last one before: not every line is measured at every step. */
function valueAt(
  data: ReturnType<typeof alignSeries>,
  line: number,
  at: number,
  format: (value: number) => string,
): string {
  const value = data[line + 1]?.slice(0, at + 1).findLast((one) => one !== null);
  return value === null || value === undefined ? '–' : format(value);
}

function optionsFor(
  host: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
  range: LineChartProps['range'],
  height: number,
  onCursor: (index: number | null) => void,
): uPlot.Options {
  const colour = (css: string) => resolveColour(host, css);
  const axis: uPlot.Axis = {
    stroke: colour('var(--faint)'),
    font: `11px ${getComputedStyle(host).fontFamily}`,
    grid: { stroke: colour('var(--line)'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: host.clientWidth,
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: { setCursor: [(self) => onCursor(self.cursor.idx ?? null)] },
    scales: { x: { time: false }, y: { range: (_, low, high) => yRange(low, high, range) } },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 4,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
        values: (_, splits) => splits.map(formatCount),
      },
      { ...axis, size: 46, gap: 6, values: (_, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: colour(line.colour),
        width: line.quiet ? 1 : 2,
        alpha: line.quiet ? 0.45 : 1,
        spanGaps: true,
        ...(line.dash && { dash: [...line.dash] }),
        points: {
          // Values that stand apart, such as one an epoch, are marked; a dense curve is not.
          show: (self: uPlot, series: number) => !line.quiet && countOfValues(self.data[series]) < 40,
          size: 5,
          fill: colour(line.colour),
        },
      })),
    ],
  };
}

function countOfValues(column: uPlot.AlignedData[number] | undefined): number {
  let count = 0;
  for (const value of column ?? []) if (value !== null && value !== undefined) count += 1;
  return count;
}

function yRange(low: number | null, high: number | null, range: LineChartProps['range']): [number, number] {
  const from = range?.low ?? low ?? 0;
  const to = range?.high ?? high ?? 1;
  const margin = (to - from || 1) * 0.06;
  return [range?.low === undefined ? from - margin : from, range?.high === undefined ? to + margin : to];
}
