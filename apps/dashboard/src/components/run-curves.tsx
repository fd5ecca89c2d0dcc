'use client';

import { useMemo, type ReactNode } from 'react';
import { LineChart, type Line } from '../charts/line-chart.tsx';
import { formatPercent, formatScore, formatSetting } from '../views/format.ts';
import type { LiveRun } from '../views/live-run.ts';
import { smoothSeries } from '../views/smooth-series.ts';
import { thinSeries } from '../views/thin-series.ts';
import { Card } from './card.tsx';
import { useLiveRun } from './live-run-provider.tsx';

const known = new Set(['train.loss', 'validation.loss', 'train.accuracy', 'validation.accuracy']);

/** Loss and accuracy as they are measured; below other metrics, one chart each, and what is given to stand beside them. */
export function RunCurves({ children }: { children?: ReactNode }) {
  const { series } = useLiveRun();
  const loss = useMemo(() => linesOf(series, 'loss'), [series]);
  const accuracy = useMemo(() => linesOf(series, 'accuracy'), [series]);
  const others = Object.keys(series)
    .filter((key) => !known.has(key))
    .sort();
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 lg:grid-cols-2">
        <Card className="p-4">
          <LineChart title="Loss" lines={loss} stepName="step" format={formatScore} range={{ low: 0 }} />
        </Card>
        <Card className="p-4">
          <LineChart
            title="Accuracy"
            lines={accuracy}
            stepName="step"
            format={(value) => formatPercent(value)}
            range={{ high: 1 }}
          />
        </Card>
      </div>
      <div className="grid gap-4 md:grid-cols-[repeat(auto-fit,minmax(17rem,1fr))]">
        {children}
        {others.map((key) => (
          <Card key={key} className="p-4">
            <OtherCurve name={key} series={series} />
          </Card>
        ))}
      </div>
    </div>
  );
}

function OtherCurve({ name, series }: { name: string; series: LiveRun['series'] }) {
  const pace = name === 'samplesPerSecond';
  const lines = useMemo(
    () => toLines({ label: '', colour: 'var(--series-3)', series: series[name]! }, pace),
    [name, pace, series],
  );
  return (
    <LineChart
      title={titleOf(name)}
      lines={lines}
      stepName="step"
      format={(value) => formatSetting(Number(value.toPrecision(3)))}
      height={140}
      {...(pace && { range: { low: 0 } })}
    />
  );
}

/** From so many values on, measured at each step, a curve is noisy: its course is drawn over it. */
const noisyPoints = 30;
/** About the last five values count. */
const pastWeight = 0.8;

/** As many as can be told apart on a chart. */
const drawnPoints = 200;

/** The curve itself, or its course over it. */
function toLines({ series, ...look }: Line, noisy: boolean): Line[] {
  const line = { ...look, series: thinSeries(series, drawnPoints) };
  if (!noisy || line.series.steps.length < noisyPoints) return [line];
  return [
    { ...line, quiet: true },
    { ...line, series: smoothSeries(line.series, pastWeight) },
  ];
}

function linesOf(series: LiveRun['series'], what: 'loss' | 'accuracy'): Line[] {
  const train = series[`train.${what}`];
  const validation = series[`validation.${what}`];
  // What is measured once an epoch is a mean already.
  const eachStep = (train?.steps.length ?? 0) > 1.2 * (validation?.steps.length ?? 0);
  return [
    ...(train ? toLines({ label: 'training', colour: 'var(--series-8)', series: train }, eachStep) : []),
    ...(validation ? toLines({ label: 'held out', colour: 'var(--series-1)', series: validation }, false) : []),
  ];
}

const titles: Readonly<Record<string, string>> = { samplesPerSecond: 'Images a second' };

/** `learningRate` → `Learning rate`. */
function titleOf(key: string): string {
  const known = titles[key];
  if (known) return known;
  const words = key
    .replaceAll('.', ' ')
    .replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
