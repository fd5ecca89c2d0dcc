import clsx from 'clsx';

/** A bar from 0 to 1; without a value it only says that work goes on. */
export function ProgressBar({ value, label, className }: { value: number | null; label: string; className?: string }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(value * 100)}
      className={clsx('h-1.5 overflow-hidden rounded-full bg-line', className)}
    >
      <div
        className={clsx(
          'h-full rounded-full bg-accent transition-[width] duration-500',
          value === null && 'animate-[breathe_1.6s_ease-in-out_infinite]',
        )}
        style={{ width: `${(value ?? 1) * 100}%` }}
      />
    </div>
  );
}
