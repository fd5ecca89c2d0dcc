import { createDatabase, tokenRepository } from '@outsider/database';
import { InvalidArgumentError, type Role } from '@outsider/domain';
import type { Settings } from '../settings.ts';
import { findDatabaseUrl } from '../stack/stack-file.ts';
import { formatTable } from '../table.ts';

const actor = 'command line';

/** Makes a token and returns its secret, which is shown once and stored nowhere. */
export async function createToken(settings: Settings, name: string, role: string): Promise<string> {
  const parsed = parseRole(role);
  return withTokens(
    settings,
    async (tokens) => (await tokens.create({ name, role: parsed, kind: 'api' }, actor)).secret,
  );
}

/** Ends a token within seconds. */
export async function revokeToken(settings: Settings, id: string): Promise<void> {
  await withTokens(settings, (tokens) => tokens.revoke(id, actor));
}

/** Every token, newest first, without its secret. */
export async function describeTokens(settings: Settings): Promise<string> {
  const { items } = await withTokens(settings, (tokens) => tokens.list({ pageSize: 1000 }));
  const day = (date: Date | null) => date?.toISOString().slice(0, 16).replace('T', ' ') ?? '–';
  const rows = items.map(({ id, name, role, kind, createdAt, lastUsedAt, revokedAt }) => [
    id,
    name,
    role,
    kind,
    day(createdAt),
    day(lastUsedAt),
    day(revokedAt),
  ]);
  return formatTable(['id', 'name', 'role', 'kind', 'created', 'last used', 'revoked'], rows);
}

function parseRole(role: string): Role {
  if (role === 'viewer' || role === 'operator') return role;
  throw new InvalidArgumentError(`--role: expected viewer or operator, got "${role}"`);
}

async function withTokens<T>(
  settings: Settings,
  use: (tokens: ReturnType<typeof tokenRepository>) => Promise<T>,
): Promise<T> {
  const db = createDatabase(findDatabaseUrl(settings));
  try {
    return await use(tokenRepository(db));
  } finally {
    await db.$disconnect();
  }
}
