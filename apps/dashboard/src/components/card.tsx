import type { ReactNode } from 'react';
import clsx from 'clsx';

export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={clsx('rounded-xl border border-line bg-surface shadow-card', className)}>{children}</div>;
}

interface SectionProps {
  id?: string;
  title: string;
  /** One or two sentences under the title. */
  lead?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page; `id` makes it a target of the page's own links. */
export function Section({ id, title, lead, aside, children }: SectionProps) {
  return (
    <section id={id} aria-label={title} className="min-w-0">
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
          {lead ? <p className="mt-0.5 max-w-3xl text-sm text-soft">{lead}</p> : null}
        </div>
        {aside}
      </div>
      {children}
    </section>
  );
}
