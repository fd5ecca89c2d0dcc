'use client';

import type { ComponentProps } from 'react';
import { LoaderCircle } from 'lucide-react';
import { useFormStatus } from 'react-dom';
import { Button } from './button.tsx';

/** Submits the form around it, and says so while the answer is awaited. */
export function SubmitButton({
  children,
  disabled,
  busy = false,
  ...props
}: ComponentProps<typeof Button> & { busy?: boolean }) {
  const status = useFormStatus();
  const pending = status.pending || busy;
  return (
    <Button type="submit" look="primary" disabled={disabled || pending} aria-busy={pending} {...props}>
      {pending ? <LoaderCircle className="animate-spin" aria-hidden="true" /> : null}
      {children}
    </Button>
  );
}
