import { describe, expect, it } from 'vitest';
import { UnauthenticatedError, UnavailableError, type Principal } from '@outsider/domain';
import { tokenCache } from './token-cache.ts';

const viewer: Principal = { tokenId: '1', name: 'victor', role: 'viewer' };

describe('tokenCache', () => {
  it('looks a token up once for simultaneous calls, and again after five seconds', async () => {
    let lookups = 0;
    let now = 0;
    const principalOf = tokenCache(
      async () => {
        lookups++;
        return viewer;
      },
      () => now,
    );
    expect(await Promise.all([principalOf('a'), principalOf('a'), principalOf('a')])).toEqual([viewer, viewer, viewer]);
    expect(lookups).toBe(1);
    now = 4_999;
    await principalOf('a');
    expect(lookups).toBe(1);
    now = 5_001;
    await principalOf('a');
    expect(lookups).toBe(2);
  });

  it('refuses a revoked token within five seconds, and lets in a new one at once', async () => {
    let now = 0;
    const valid = new Set(['old']);
    const principalOf = tokenCache(
      async (token) => {
        if (!valid.has(token)) throw new UnauthenticatedError('unknown');
        return viewer;
      },
      () => now,
    );
    await principalOf('old');
    await expect(principalOf('new')).rejects.toThrow(UnauthenticatedError);
    valid.delete('old');
    valid.add('new');
    now = 5_000;
    await expect(principalOf('old')).rejects.toThrow(UnauthenticatedError);
    await expect(principalOf('new')).resolves.toBe(viewer);
  });

  it('is unavailable, not unauthenticated, when the store does not answer', async () => {
    let works = false;
    const principalOf = tokenCache(async () => {
      if (!works) throw new Error('connect ECONNREFUSED');
      return viewer;
    });
    await expect(principalOf('a')).rejects.toThrow(UnavailableError);
    works = true;
    await expect(principalOf('a')).resolves.toBe(viewer);
  });

  it('refuses no token without asking the store', async () => {
    const principalOf = tokenCache(() => Promise.reject(new Error('asked')));
    await expect(principalOf('')).rejects.toThrow(UnauthenticatedError);
  });
});
