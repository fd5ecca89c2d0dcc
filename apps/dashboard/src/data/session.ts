import 'server-only';
import { cache } from 'react';
import { tokenRepository } from '@outsider/database';
import { UnauthenticatedError, requireRole, type Principal, type Role } from '@outsider/domain';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { database } from './store.ts';

const cookieName = 'outsider_session';
const sessionSeconds = 7 * 24 * 3600;

/** Who is signed in, and the secret that services know them by. */
export interface Session {
  readonly principal: Principal;
  readonly token: string;
}

/** The session of this request; undefined without one. Asked of the store once per request. */
export const findSession = cache(async (): Promise<Session | undefined> => {
  const token = (await cookies()).get(cookieName)?.value;
  if (!token) return undefined;
  const principal = await tokenRepository(database()).findPrincipal(token);
  return principal && principal.kind === 'session' ? { principal, token } : undefined;
});

/** For pages: sends people without a session to the sign-in page. Every page calls it, not only their layout. */
export async function requireSession(): Promise<Session> {
  return (await findSession()) ?? redirect('/sign-in');
}

/**
 * For actions and route handlers.
 *
 * @throws {UnauthenticatedError} without a session
 * @throws {PermissionDeniedError} when its role is too low
 */
export async function requireActor(role: Role): Promise<Session> {
  const session = await findSession();
  if (!session) throw new UnauthenticatedError('you are signed out; sign in again');
  requireRole(session.principal, role);
  return session;
}

/** Gives the browser its session. */
export async function keepSession(token: string): Promise<void> {
  const secure = (await headers()).get('x-forwarded-proto') === 'https';
  (await cookies()).set(cookieName, token, {
    httpOnly: true,
    sameSite: 'lax',
    secure,
    path: '/',
    maxAge: sessionSeconds,
  });
}

/** Ends the session in the store and in the browser. */
export async function dropSession(): Promise<void> {
  const jar = await cookies();
  const token = jar.get(cookieName)?.value;
  if (token) await tokenRepository(database()).signOut(token);
  jar.delete(cookieName);
}
