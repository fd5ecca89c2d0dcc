import { InvalidArgumentError } from '@outsider/domain';

/** What one hyperparameter may be. Bounds are inclusive. */
export type OptionRule =
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'boolean' }
  /** A list of at least one number. */
  | { readonly kind: 'numbers'; readonly min: number; readonly max: number };

/**
 * Checks hyperparameters that came from outside, field by field, and fills in defaults.
 *
 * @param detector named in every message
 * @param rules one rule for every field of `defaults`
 * @throws {InvalidArgumentError} naming the field and what it may be; also for unknown fields
 */
export function parseOptions<Options extends object>(
  detector: string,
  options: unknown,
  defaults: Options,
  rules: { readonly [Field in keyof Options]: OptionRule },
): Options {
  const given = requireRecord(detector, options);
  const known = Object.keys(defaults);
  for (const field of Object.keys(given)) {
    if (!known.includes(field)) {
      throw new InvalidArgumentError(
        `${detector}: unknown option "${field}"; it takes ${known.length > 0 ? known.join(', ') : 'no options'}`,
      );
    }
  }
  const parsed: Record<string, unknown> = {};
  for (const field of known) {
    const value = given[field] ?? defaults[field as keyof Options];
    const rule = rules[field as keyof Options];
    if (!satisfies(value, rule)) {
      throw new InvalidArgumentError(
        `${detector}: option ${field} must be ${describe(rule)}, got ${JSON.stringify(value)}`,
      );
    }
    parsed[field] = value;
  }
  return parsed as Options;
}

/** @throws {InvalidArgumentError} when `options` is neither absent nor a plain record */
export function requireRecord(detector: string, options: unknown): Record<string, unknown> {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw new InvalidArgumentError(
      `${detector}: options must be a record of hyperparameters, got ${JSON.stringify(options)}`,
    );
  }
  return options as Record<string, unknown>;
}

function satisfies(value: unknown, rule: OptionRule): boolean {
  switch (rule.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && rule.of.includes(value);
    case 'integer':
      return Number.isInteger(value) && inRange(value as number, rule);
    case 'number':
      return typeof value === 'number' && inRange(value, rule);
    case 'numbers':
      return (
        Array.isArray(value) && value.length > 0 && value.every((each) => satisfies(each, { ...rule, kind: 'number' }))
      );
  }
}

/** False for NaN, too. */
function inRange(value: number, { min, max }: { min: number; max: number }): boolean {
  return value >= min && value <= max;
}

function describe(rule: OptionRule): string {
  switch (rule.kind) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${rule.of.join(', ')}`;
    case 'integer':
      return `a whole number from ${rule.min} to ${rule.max}`;
    case 'number':
      return `a number from ${rule.min} to ${rule.max}`;
    case 'numbers':
      return `a list of numbers from ${rule.min} to ${rule.max}`;
  }
}
