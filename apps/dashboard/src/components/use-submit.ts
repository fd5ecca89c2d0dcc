'use client';

import { useActionState, startTransition, type FormEvent } from 'react';
import type { Outcome } from '../actions/outcome.ts';

/**
 * Sends a form to an action and keeps what the person typed when it is refused: React would empty a form that names
 * the action itself.
 */
export function useSubmit<T>(action: (state: Outcome<T> | null, form: FormData) => Promise<Outcome<T>>) {
  const [outcome, act, pending] = useActionState(action, null);
  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    startTransition(() => act(form));
  }
  return { outcome, pending, onSubmit };
}
