import { InvalidArgumentError } from '@outsider/domain';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from environment variables; only a program's `config.ts` calls this. An empty variable counts as unset.
 *
 * @param schema one field for each variable, under the variable's name
 * @throws {InvalidArgumentError} naming each bad variable, what it holds (secrets masked) and what was expected
 */
export function loadConfig<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;

  const sentences = result.error.issues.map(({ path, message }) => {
    const variable = path.join('.');
    const value = given[variable];
    return value === undefined
      ? `${variable} is not set: ${expected(message)}`
      : `${variable} is "${masked(variable, value)}": ${expected(message)}`;
  });
  throw new InvalidArgumentError(sentences.join('; '));
}

/** A `host:port`. Port 0 takes a free one. */
export function addressSetting(): z.ZodType<string> {
  return z.string().refine((value) => parseAddress(value) !== undefined, 'expected host:port, such as 127.0.0.1:50051');
}

/** A whole number within bounds, written in decimal. */
export function wholeNumberSetting(min: number, max = Number.MAX_SAFE_INTEGER) {
  const sentence =
    max === Number.MAX_SAFE_INTEGER
      ? `expected a whole number of at least ${min}`
      : `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max, sentence)
    .transform(Number);
}

/** A PostgreSQL connection string. */
export function databaseUrlSetting(): z.ZodType<string> {
  return z
    .string()
    .refine((value) => /^postgres(ql)?:\/\/./.test(value), 'expected postgresql://user:password@host:port/database');
}

/** Host and port of `host:port`; undefined when it is none. An IPv6 host stands in brackets. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:[\]]+):(\d{1,5})$/i.exec(address);
  if (!match || Number(match[2]) > 65535) return undefined;
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}

function expected(message: string): string {
  return /expected/i.test(message)
    ? message.replace(/^Invalid input: /, '').replace(/, received undefined$/, '')
    : `expected otherwise (${message})`;
}

function masked(variable: string, value: string): string {
  if (/TOKEN|SECRET|PASSWORD|KEY/.test(variable)) return '…';
  return value.replace(/(\/\/[^:/@]*):[^@]*@/, '$1:…@').slice(0, 200);
}
