'use server';

import { tokenRepository, type IssuedToken } from '@outsider/database';
import { UnauthenticatedError } from '@outsider/domain';
import { redirect } from 'next/navigation';
import { dropSession, keepSession } from '../data/session.ts';
import { database } from '../data/store.ts';
import { outcomeOf, type Outcome } from './outcome.ts';

const sessionMs = 7 * 24 * 3600_000;

/** Signs in with what the form holds: a one-time `code`, or an API `token`. */
export async function signIn(_: Outcome<null> | null, form: FormData): Promise<Outcome<null>> {
  const code = String(form.get('code') ?? '').trim();
  const token = String(form.get('token') ?? '').trim();
  const outcome = await outcomeOf(async () => {
    const issued = code ? await tokenRepository(database()).redeemSignInCode(code) : await openSession(token);
    await keepSession(issued.secret);
    return null;
  });
  if (outcome.ok) redirect('/');
  return outcome;
}

export async function signOut(): Promise<void> {
  await dropSession();
  redirect('/sign-in');
}

/** A session of its own for who holds an API token, so that signing out leaves the token alone. */
async function openSession(token: string): Promise<IssuedToken> {
  if (!token) throw new UnauthenticatedError('paste an API token, or open the link that the start command printed');
  const tokens = tokenRepository(database());
  const principal = await tokens.findPrincipal(token);
  if (!principal || principal.kind === 'session')
    throw new UnauthenticatedError('this token is unknown, revoked or expired');
  return tokens.create(
    { name: principal.name, role: principal.role, kind: 'session', expiresAt: new Date(Date.now() + sessionMs) },
    principal.name,
  );
}
