import type { ComponentProps, ReactNode } from 'react';
import clsx from 'clsx';

/** A table that scrolls sideways by itself where the page is narrow. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
      <table className="w-full border-collapse text-sm">{children}</table>
    </div>
  );
}

export function HeadCell({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={clsx(
        'border-b border-line px-3 py-2 text-left text-xs font-semibold whitespace-nowrap text-faint first:pl-4 last:pr-4',
        className,
      )}
      {...props}
    />
  );
}

export function Cell({ className, ...props }: ComponentProps<'td'>) {
  return <td className={clsx('px-3 py-2.5 align-middle first:pl-4 last:pr-4', className)} {...props} />;
}
