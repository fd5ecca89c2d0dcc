'use client';

import { useState, type ReactNode } from 'react';
import type { Outcome } from '../actions/outcome.ts';
import { Button, type ButtonLook } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { TextField } from './field.tsx';
import { Notice } from './notice.tsx';
import { SubmitButton } from './submit-button.tsx';
import { useSubmit } from './use-submit.ts';

interface ReasonDialogProps {
  /** On the button that opens it. */
  button: ReactNode;
  look?: ButtonLook;
  title: string;
  /** What will happen, in a sentence. */
  children: ReactNode;
  /** On the button that does it. */
  confirm: string;
  placeholder: string;
  action: (state: Outcome<null> | null, form: FormData) => Promise<Outcome<null>>;
}

/** Asks why before something is changed that others rely on; the reason is kept with the change. */
export function ReasonDialog({
  button,
  look = 'plain',
  title,
  children,
  confirm,
  placeholder,
  action,
}: ReasonDialogProps) {
  const [open, setOpen] = useState(false);
  const { outcome, pending, onSubmit } = useSubmit<null>(async (state, form) => {
    const result = await action(state, form);
    if (result.ok) setOpen(false);
    return result;
  });
  return (
    <>
      <Button look={look} onClick={() => setOpen(true)}>
        {button}
      </Button>
      <Dialog open={open} title={title} onClose={() => setOpen(false)}>
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          <div className="text-sm text-soft">{children}</div>
          <TextField
            label="Reason"
            name="reason"
            required
            maxLength={300}
            placeholder={placeholder}
            autoComplete="off"
            autoFocus
            hint="One sentence; it stays in the history."
          />
          {outcome && !outcome.ok ? <Notice tone="bad">{outcome.sentence}</Notice> : null}
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={() => setOpen(false)}>
              Not now
            </Button>
            <SubmitButton busy={pending}>{confirm}</SubmitButton>
          </div>
        </form>
      </Dialog>
    </>
  );
}
