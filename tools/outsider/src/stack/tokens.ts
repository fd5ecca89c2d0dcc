import { readFileSync, writeFileSync } from 'node:fs';
import type { tokenRepository } from '@outsider/database';
import type { Role } from '@outsider/domain';

type Tokens = ReturnType<typeof tokenRepository>;

/**
 * The secret in `file`, if the store still knows it; else a new one, written there for its owner alone.
 *
 * The store keeps only a hash: this file is the one place where the secret can be read.
 */
export async function ensureToken(
  tokens: Tokens,
  file: string,
  name: string,
  role: Role,
  kind: 'api' | 'service',
): Promise<string> {
  const existing = readSecret(file);
  if (existing !== undefined && (await tokens.findPrincipal(existing))) return existing;
  const { secret } = await tokens.create({ name, role, kind }, 'npm start');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
