import type { ComponentProps } from 'react';
import clsx from 'clsx';

export type ButtonLook = 'primary' | 'plain' | 'danger' | 'quiet';

const looks: Record<ButtonLook, string> = {
  primary: 'bg-accent text-accent-ink hover:brightness-110 active:brightness-95',
  plain: 'border border-line bg-surface text-ink hover:border-line-strong',
  danger: 'border border-line bg-surface text-bad hover:border-bad',
  quiet: 'text-soft hover:bg-sunken hover:text-ink',
};

/** The classes of a button, also for links that look like one. */
export function buttonClass(look: ButtonLook = 'plain', className?: string): string {
  return clsx(
    'inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg px-3 text-sm font-medium whitespace-nowrap transition-[filter,border-color,background-color,color] duration-150 select-none disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
    looks[look],
    className,
  );
}

export function Button({
  look = 'plain',
  className,
  type = 'button',
  ...props
}: ComponentProps<'button'> & { look?: ButtonLook }) {
  return <button type={type} className={buttonClass(look, className)} {...props} />;
}
