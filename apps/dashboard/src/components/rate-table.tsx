import type { RateView } from '../data/json.ts';
import { formatPercent } from '../views/format.ts';
import { Card } from './card.tsx';

interface RateTableProps {
  title: string;
  tone: 'relevant' | 'novel';
  rows: readonly { readonly name: string; readonly rate: RateView }[];
}

/** A rate per class or group, with its interval drawn to a common scale. */
export function RateTable({ title, tone, rows }: RateTableProps) {
  const most = Math.max(0.05, ...rows.map(({ rate }) => rate.high));
  const colour = tone === 'relevant' ? 'var(--relevant)' : 'var(--novel)';
  return (
    <Card className="p-4">
      <h3 className="mb-3 text-sm font-medium">{title}</h3>
      <ul className="grid gap-2.5">
        {rows.map(({ name, rate }) => (
          <li key={name} className="grid grid-cols-[6rem_minmax(0,1fr)_8.5rem] items-center gap-3 text-sm">
            <span className="truncate" title={name}>
              {name}
            </span>
            <span className="relative h-3" aria-hidden="true">
              <span className="absolute inset-y-[5px] inset-x-0 rounded bg-sunken" />
              <span
                className="absolute inset-y-1 rounded opacity-40"
                style={{
                  background: colour,
                  left: `${(rate.low / most) * 100}%`,
                  right: `${100 - (rate.high / most) * 100}%`,
                }}
              />
              <span
                className="absolute inset-y-0 w-0.5 -translate-x-1/2 rounded"
                style={{ background: colour, left: `${(rate.value / most) * 100}%` }}
              />
            </span>
            <span className="figures text-right">
              {formatPercent(rate.value)}
              <span className="block text-[0.6875rem] text-faint">
                {rate.events} of {rate.photos}, {formatPercent(rate.low)} to {formatPercent(rate.high)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
