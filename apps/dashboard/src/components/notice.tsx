import type { ReactNode } from 'react';
import clsx from 'clsx';
import { CircleAlert, Info } from 'lucide-react';

/** One sentence that must not be overlooked. */
export function Notice({
  tone = 'info',
  children,
  className,
}: {
  tone?: 'info' | 'bad' | 'warn';
  children: ReactNode;
  className?: string;
}) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={clsx(
        'flex items-start gap-2 rounded-lg px-3 py-2 text-sm',
        { info: 'bg-accent-wash text-ink', bad: 'bg-bad-wash text-bad', warn: 'bg-unsure-wash text-unsure' }[tone],
        className,
      )}
    >
      {tone === 'info' ? (
        <Info className="mt-0.5 size-4 shrink-0 text-accent" aria-hidden="true" />
      ) : (
        <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      )}
      <div className="min-w-0 break-words">{children}</div>
    </div>
  );
}
