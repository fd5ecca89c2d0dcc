'use client';

import { useState } from 'react';
import clsx from 'clsx';
import { formatUnit } from '../views/format.ts';
import type { RocPoint } from '../views/roc-curve.ts';
import { comparedColour, comparedDash } from './series-colours.ts';

export interface RocSeries {
  readonly label: string;
  readonly auroc: number;
  readonly points: readonly RocPoint[];
}

interface RocChartProps {
  title: string;
  series: readonly RocSeries[];
  /** Share of false alarms to mark, 0…1. */
  mark?: number;
}

const zooms = [
  { label: 'All', right: 1 },
  { label: 'Few false alarms', right: 0.2 },
] as const;

/** ROC curves on top of each other; pointing at one in the legend brings it forward. */
export function RocChart({ title, series, mark = 0.05 }: RocChartProps) {
  const [zoom, setZoom] = useState<(typeof zooms)[number]>(zooms[0]);
  const [strong, setStrong] = useState<string | null>(null);
  const x = (share: number) => (share / zoom.right) * 100;
  const ticks = [0, 0.25, 0.5, 0.75, 1];

  return (
    <figure className="min-w-0">
      <figcaption className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <span className="text-sm font-medium">{title}</span>
        <span className="flex rounded-lg bg-sunken p-0.5 text-xs" role="group" aria-label="Range of false alarms">
          {zooms.map((choice) => (
            <button
              key={choice.label}
              type="button"
              aria-pressed={choice === zoom}
              onClick={() => setZoom(choice)}
              className="rounded-md px-2 py-1 text-soft hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card"
            >
              {choice.label}
            </button>
          ))}
        </span>
      </figcaption>
      <div className="grid grid-cols-[auto_1fr] gap-x-2 text-[0.6875rem] text-faint">
        <div className="figures relative w-9 text-right">
          {ticks.map((tick) => (
            <span key={tick} className="absolute right-0 -translate-y-1/2" style={{ top: `${(1 - tick) * 100}%` }}>
              {tick * 100}
            </span>
          ))}
        </div>
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}. ${series.map((one) => `${one.label}: area under the curve ${formatUnit(one.auroc)}`).join('; ')}`}
          className="aspect-square max-h-80 w-full border-b border-l border-line-strong/50"
        >
          {ticks.slice(1).map((tick) => (
            <g key={tick} stroke="var(--line)">
              <line x1="0" x2="100" y1={100 - tick * 100} y2={100 - tick * 100} vectorEffect="non-scaling-stroke" />
              <line x1={tick * 100} x2={tick * 100} y1="0" y2="100" vectorEffect="non-scaling-stroke" />
            </g>
          ))}
          <line
            x1="0"
            y1="100"
            x2={x(1)}
            y2="0"
            stroke="var(--line-strong)"
            strokeDasharray="3 4"
            vectorEffect="non-scaling-stroke"
          />
          <line
            x1={x(mark)}
            x2={x(mark)}
            y1="0"
            y2="100"
            stroke="var(--faint)"
            strokeDasharray="2 3"
            vectorEffect="non-scaling-stroke"
          />
          {series.map((one, i) => (
            <path
              key={one.label}
              d={one.points
                .map(
                  (point, j) =>
                    `${j === 0 ? 'M' : 'L'}${x(point.falseAlarm).toFixed(2)} ${(100 - point.detection * 100).toFixed(2)}`,
                )
                .join('')}
              fill="none"
              stroke={comparedColour(i)}
              strokeDasharray={comparedDash(i)}
              strokeWidth={strong === one.label ? 3 : 2}
              strokeLinejoin="round"
              opacity={strong === null || strong === one.label ? 1 : 0.2}
              vectorEffect="non-scaling-stroke"
            />
          ))}
        </svg>
        <div />
        <div className="figures relative mt-1 h-4">
          {ticks.map((tick) => (
            <span
              key={tick}
              className={clsx('absolute', tick === 1 ? '-translate-x-full' : tick > 0 && '-translate-x-1/2')}
              style={{ left: `${tick * 100}%` }}
            >
              {Number((tick * zoom.right * 100).toFixed(1))}
            </span>
          ))}
        </div>
        <div />
        <p className="mt-0.5">
          False alarms, % of relevant photos (across) against irrelevant photos detected, % (up). The dotted line marks{' '}
          {mark * 100} %.
        </p>
      </div>
      <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {series.map((one, i) => (
          <li
            key={one.label}
            onPointerEnter={() => setStrong(one.label)}
            onPointerLeave={() => setStrong(null)}
            className="flex items-center gap-1.5"
          >
            <span className="h-0.5 w-4 rounded" style={{ background: comparedColour(i) }} aria-hidden="true" />
            <span>{one.label}</span>
            <span className="figures text-soft">{formatUnit(one.auroc)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
