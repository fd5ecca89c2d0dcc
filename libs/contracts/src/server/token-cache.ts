import { createHash } from 'node:crypto';
import { DomainError, UnauthenticatedError, UnavailableError, type Principal } from '@outsider/domain';

/** Finds who a token belongs to. @throws {UnauthenticatedError} when it is unknown, revoked or expired */
export type Authenticate = (token: string) => Promise<Principal>;

const keptMs = 5_000;
const maxTokens = 10_000;

/**
 * Remembers for 5 s who a token belongs to, so that a busy stream of calls does not ask the store each time, and a
 * revoked token is still refused soon. Simultaneous calls share one lookup; a refusal is never remembered.
 *
 * A store that cannot be asked refuses with UnavailableError.
 */
export function tokenCache(authenticate: Authenticate, now: () => number = Date.now): Authenticate {
  const known = new Map<string, { readonly principal: Promise<Principal>; readonly until: number }>();

  async function lookUp(token: string): Promise<Principal> {
    try {
      return await authenticate(token);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw new UnavailableError('the token cannot be checked now: the store does not answer', {}, { cause: error });
    }
  }

  return async function principalOf(token) {
    if (token === '') throw new UnauthenticatedError('no token: send the metadata "authorization: Bearer <token>"');
    const key = createHash('sha256').update(token).digest('base64');
    const found = known.get(key);
    if (found && found.until > now()) return found.principal;

    if (known.size >= maxTokens) known.clear();
    const principal = lookUp(token);
    known.set(key, { principal, until: now() + keptMs });
    principal.catch(() => known.delete(key));
    return principal;
  };
}
