import { InvalidArgumentError } from './errors.ts';

/** Lower-case hex sha-256: the name of everything immutable. */
export type Digest = string;

const pattern = /^[0-9a-f]{64}$/;

export function isDigest(value: string): value is Digest {
  return pattern.test(value);
}

/** @throws {InvalidArgumentError} when `value` is not 64 lower-case hex digits */
export function parseDigest(value: string, what = 'digest'): Digest {
  if (!pattern.test(value))
    throw new InvalidArgumentError(`${what}: expected 64 lower-case hex digits, got "${value.slice(0, 80)}"`);
  return value;
}

/** The first 12 digits, for people. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, 12);
}

/** JSON with sorted keys and no spaces: equal values give equal text, so a digest of it names the value. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
