import { NotFoundError, UnauthenticatedError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../client/create-database.ts';
import { testDatabase } from '../testing/test-database.ts';
import { auditRepository } from './audit-repository.ts';
import { tokenRepository } from './token-repository.ts';

let db: Database;
beforeAll(async () => {
  db = createDatabase(await testDatabase());
});
afterAll(() => db.$disconnect());

describe('tokenRepository', () => {
  it('finds who holds a secret, of which it keeps no copy', async () => {
    const tokens = tokenRepository(db);
    const { token, secret } = await tokens.create({ name: 'ci', role: 'viewer' }, 'ada');
    expect(await tokens.findPrincipal(secret)).toEqual({ tokenId: token.id, name: 'ci', role: 'viewer', kind: 'api' });
    expect(await tokens.findPrincipal(`${secret}x`)).toBeUndefined();
    expect(JSON.stringify(await db.apiToken.findMany())).not.toContain(secret);
    expect((await tokens.list()).items.find(({ id }) => id === token.id)?.lastUsedAt).toBeInstanceOf(Date);
    expect((await auditRepository(db).list({ subject: `token:${token.id}` })).items).toMatchObject([
      { actor: 'ada', action: 'create-token' },
    ]);
  });

  it('no longer knows a revoked or expired token', async () => {
    const tokens = tokenRepository(db);
    const revoked = await tokens.create({ name: 'revoked', role: 'operator' }, 'ada');
    await tokens.revoke(revoked.token.id, 'ada');
    await tokens.revoke(revoked.token.id, 'ada');
    expect(await tokens.findPrincipal(revoked.secret)).toBeUndefined();
    const expired = await tokens.create(
      { name: 'expired', role: 'operator', expiresAt: new Date(Date.now() - 1) },
      'ada',
    );
    expect(await tokens.findPrincipal(expired.secret)).toBeUndefined();
    await expect(tokens.revoke(crypto.randomUUID(), 'ada')).rejects.toThrow(NotFoundError);
  });

  it('replaces the token of a service', async () => {
    const tokens = tokenRepository(db);
    const old = await tokens.create({ name: 'detector-service', role: 'operator', kind: 'service' }, 'start');
    expect(await tokens.revokeByName('detector-service', 'service', 'start')).toBe(1);
    const fresh = await tokens.create({ name: 'detector-service', role: 'operator', kind: 'service' }, 'start');
    expect(await tokens.findPrincipal(old.secret)).toBeUndefined();
    expect(await tokens.findPrincipal(fresh.secret)).toMatchObject({ kind: 'service' });
  });

  it('trades a sign-in code for exactly one session, however many ask at once', async () => {
    const tokens = tokenRepository(db);
    const code = await tokens.createSignInCode('operator');
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => tokens.redeemSignInCode(code)));
    const won = tries.filter((each) => each.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const each of tries) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(UnauthenticatedError);
    const { secret } = won[0]!.value;
    expect(await tokens.findPrincipal(secret)).toMatchObject({ role: 'operator', kind: 'session' });
    await tokens.signOut(secret);
    expect(await tokens.findPrincipal(secret)).toBeUndefined();
  });

  it('refuses a code that is unknown or too old', async () => {
    const tokens = tokenRepository(db);
    await expect(tokens.redeemSignInCode('guess')).rejects.toThrow(UnauthenticatedError);
    const late = await tokens.createSignInCode('viewer', { validMs: -1 });
    await expect(tokens.redeemSignInCode(late)).rejects.toThrow('ask for a new one');
  });
});
