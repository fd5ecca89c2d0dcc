import type { ReactNode } from 'react';
import clsx from 'clsx';

interface FigureProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** Words take less room than numbers. */
  words?: boolean;
}

/** One number with its name above and what it means below. */
export function Figure({ label, value, note, words = false }: FigureProps) {
  return (
    <div className="min-w-0">
      <dt className="eyebrow">{label}</dt>
      <dd
        className={clsx(
          'figures font-semibold tracking-tight break-words',
          words ? 'py-0.5 text-lg leading-7' : 'text-2xl',
        )}
      >
        {value}
      </dd>
      {note ? <dd className="text-xs text-soft">{note}</dd> : null}
    </div>
  );
}

/** Figures side by side; two in a row on a phone. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:flex lg:flex-wrap lg:gap-x-10">{children}</dl>
  );
}
