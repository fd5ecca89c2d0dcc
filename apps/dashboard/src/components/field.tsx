import { useId, type ComponentProps, type ReactNode } from 'react';
import clsx from 'clsx';

const control =
  'h-8.5 w-full rounded-lg border border-line-strong/60 bg-surface px-3 py-1.5 text-sm text-ink placeholder:text-faint hover:border-line-strong disabled:opacity-60 aria-invalid:border-bad';

interface FieldProps {
  label: string;
  /** One short sentence below the control. */
  hint?: ReactNode;
}

export function TextField({ label, hint, className, ...props }: FieldProps & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className={clsx(control, 'figures')}
        {...props}
      />
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-xs text-soft">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function SelectField({ label, hint, children, className, ...props }: FieldProps & ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className={clsx('min-w-0', className)}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <select id={id} aria-describedby={hint ? `${id}-hint` : undefined} className={clsx(control, 'pl-2')} {...props}>
        {children}
      </select>
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-xs text-soft">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

export function CheckField({ label, hint, ...props }: FieldProps & ComponentProps<'input'>) {
  return (
    <label className="flex cursor-pointer items-start gap-2 text-sm">
      <input type="checkbox" className="mt-0.5 size-4 shrink-0 accent-accent" {...props} />
      <span>
        {label}
        {hint ? <span className="block text-xs text-soft">{hint}</span> : null}
      </span>
    </label>
  );
}
