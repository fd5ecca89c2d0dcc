import { createHash, randomBytes } from 'node:crypto';
import { NotFoundError, UnauthenticatedError, type Principal, type Role } from '@outsider/domain';
import type { ApiToken as ApiTokenRow } from '../generated/client.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { requireUuid } from '../client/uuid.ts';
import { recordAudit } from './audit-repository.ts';

/** `api` for people and scripts, `service` for our own processes, `session` for a signed-in browser. */
export type TokenKind = 'api' | 'service' | 'session';

/** A caller's credential, without its secret. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly kind: TokenKind;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
}

/** A new credential with the only copy of its secret: the store keeps its sha-256. */
export interface IssuedToken {
  readonly token: Token;
  readonly secret: string;
}

const sessionMs = 7 * 24 * 3600_000;
const codeMs = 15 * 60_000;

/** Tokens, dashboard sessions and the one-time codes that open them. */
export function tokenRepository(db: Database | Transaction) {
  async function issue(
    tx: Transaction,
    data: { readonly name: string; readonly role: Role; readonly kind: TokenKind; readonly expiresAt: Date | null },
  ): Promise<IssuedToken> {
    const secret = `outsider_${randomBytes(32).toString('base64url')}`;
    const row = await tx.apiToken.create({ data: { ...data, tokenHash: hashOf(secret) } });
    return { token: toToken(row), secret };
  }

  return {
    /** Makes a token; its secret is in this answer and nowhere else. */
    async create(
      input: { readonly name: string; readonly role: Role; readonly kind?: TokenKind; readonly expiresAt?: Date },
      actor: string,
    ): Promise<IssuedToken> {
      const { name, role, kind = 'api', expiresAt = null } = input;
      return inTransaction(db, async (tx) => {
        const issued = await issue(tx, { name, role, kind, expiresAt });
        await recordAudit(tx, {
          actor,
          action: 'create-token',
          subject: `token:${issued.token.id}`,
          details: { name, role, kind },
        });
        return issued;
      });
    },

    /** Who holds this secret; undefined when nobody does, or the token is revoked or expired. */
    async findPrincipal(secret: string): Promise<(Principal & { readonly kind: TokenKind }) | undefined> {
      const now = new Date();
      const row = await db.apiToken.findFirst({
        where: { tokenHash: hashOf(secret), revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      });
      if (!row) return undefined;
      if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > 60_000) {
        await db.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
      }
      return { tokenId: row.id, name: row.name, role: row.role, kind: row.kind as TokenKind };
    },

    /** Takes a token out of use; no effect when it is already. @throws {NotFoundError} */
    async revoke(id: string, actor: string): Promise<void> {
      requireUuid('token', id);
      await inTransaction(db, async (tx) => {
        const token = await tx.apiToken.findUnique({ where: { id } });
        if (!token) throw new NotFoundError('token', id);
        if (token.revokedAt) return;
        await tx.apiToken.update({ where: { id }, data: { revokedAt: new Date() } });
        await recordAudit(tx, { actor, action: 'revoke-token', subject: `token:${id}`, details: { name: token.name } });
      });
    },

    /** Takes every token of this name and kind out of use, so that a new one replaces them. */
    async revokeByName(name: string, kind: TokenKind, actor: string): Promise<number> {
      return inTransaction(db, async (tx) => {
        const { count } = await tx.apiToken.updateMany({
          where: { name, kind, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        if (count > 0)
          await recordAudit(tx, { actor, action: 'revoke-token', subject: `token:${name}`, details: { kind, count } });
        return count;
      });
    },

    /** Newest first, revoked and expired ones included. */
    async list(request: PageRequest & { readonly kind?: TokenKind } = {}): Promise<Page<Token>> {
      const position = readPage('tokens', request);
      const rows = await db.apiToken.findMany({
        where: request.kind ? { kind: request.kind } : {},
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('tokens', position, rows, (row) => row.id, toToken);
    },

    /** A code that opens one dashboard session within `validMs` (15 minutes unless told). */
    async createSignInCode(role: Role, { validMs = codeMs }: { readonly validMs?: number } = {}): Promise<string> {
      const code = randomBytes(24).toString('base64url');
      await db.signInCode.create({ data: { codeHash: hashOf(code), role, expiresAt: new Date(Date.now() + validMs) } });
      return code;
    },

    /**
     * Trades a one-time code for a session of 7 days. Of two callers with one code, one succeeds.
     * @throws {UnauthenticatedError} for a code that is unknown, used or too old
     */
    async redeemSignInCode(code: string, name = 'dashboard'): Promise<IssuedToken> {
      return inTransaction(db, async (tx) => {
        const now = new Date();
        const codeHash = hashOf(code);
        const { count } = await tx.signInCode.updateMany({
          where: { codeHash, usedAt: null, expiresAt: { gt: now } },
          data: { usedAt: now },
        });
        if (count === 0)
          throw new UnauthenticatedError(
            'this sign-in code is unknown, was used before, or is too old; ask for a new one',
          );
        const { role } = await tx.signInCode.findUniqueOrThrow({ where: { codeHash } });
        const issued = await issue(tx, { name, role, kind: 'session', expiresAt: new Date(now.getTime() + sessionMs) });
        await recordAudit(tx, {
          actor: name,
          action: 'sign-in',
          subject: `token:${issued.token.id}`,
          details: { role },
        });
        return issued;
      });
    },

    /** Ends the session that holds this secret. */
    async signOut(secret: string): Promise<void> {
      await db.apiToken.updateMany({
        where: { tokenHash: hashOf(secret), kind: 'session', revokedAt: null },
        data: { revokedAt: new Date() },
      });
    },
  };
}

/** A secret of 256 random bits needs no slow hash. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function toToken({ tokenHash: _, ...row }: ApiTokenRow): Token {
  return { ...row, kind: row.kind as TokenKind };
}
