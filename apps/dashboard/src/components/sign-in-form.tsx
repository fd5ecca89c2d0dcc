'use client';

import { useActionState, useEffect, useRef } from 'react';
import { signIn } from '../actions/session.ts';
import { Card } from './card.tsx';
import { TextField } from './field.tsx';
import { Notice } from './notice.tsx';
import { SubmitButton } from './submit-button.tsx';

/**
 * With a code it sends itself once the page runs: a prefetched or previewed link runs no script and uses up no code.
 * Without scripts the button does it.
 */
export function SignInForm({ code }: { code: string }) {
  const [outcome, act] = useActionState(signIn, null);
  const form = useRef<HTMLFormElement>(null);
  const sent = useRef(false);
  const failed = outcome !== null && !outcome.ok;
  const withCode = code !== '' && !failed;

  useEffect(() => {
    if (!withCode || sent.current || document.visibilityState !== 'visible') return;
    sent.current = true;
    form.current?.requestSubmit();
  }, [withCode]);

  return (
    <Card className="p-5">
      <form ref={form} action={act} className="flex flex-col gap-4">
        {failed ? <Notice tone="bad">{outcome.sentence}</Notice> : null}
        {withCode ? (
          <>
            <input type="hidden" name="code" value={code} />
            <p className="text-sm text-soft">This link signs you in once, on this browser, for seven days.</p>
            <SubmitButton className="w-full">Sign in</SubmitButton>
          </>
        ) : (
          <>
            <TextField
              label="API token"
              name="token"
              type="password"
              autoComplete="off"
              spellCheck={false}
              required
              autoFocus
              placeholder="outsider_…"
              hint="Or open the link that the start command printed: it holds a code that works once."
            />
            <SubmitButton className="w-full">Sign in</SubmitButton>
          </>
        )}
      </form>
    </Card>
  );
}
