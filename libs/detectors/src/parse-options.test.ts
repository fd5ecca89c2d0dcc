import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { type OptionRule, parseOptions } from './parse-options.ts';

const defaults = { layer: 'a', k: 3, share: 0.5, balanced: true, grid: [1, 2] as readonly number[] };
const rules: Record<keyof typeof defaults, OptionRule> = {
  layer: { kind: 'choice', of: ['a', 'b'] },
  k: { kind: 'integer', min: 1, max: 10 },
  share: { kind: 'number', min: 0, max: 1 },
  balanced: { kind: 'boolean' },
  grid: { kind: 'numbers', min: 0, max: 5 },
};

function parse(options: unknown) {
  return parseOptions('method', options, defaults, rules);
}

describe('parseOptions', () => {
  it('fills in defaults', () => {
    expect(parse(undefined)).toEqual(defaults);
    expect(parse(null)).toEqual(defaults);
    expect(parse({ k: 10, layer: 'b' })).toEqual({ ...defaults, k: 10, layer: 'b' });
    expect(parse({ k: undefined })).toEqual(defaults);
  });

  it.each([
    [{ k: 0 }, 'method: option k must be a whole number from 1 to 10, got 0'],
    [{ k: 2.5 }, 'method: option k must be a whole number from 1 to 10, got 2.5'],
    [{ k: '3' }, 'method: option k must be a whole number from 1 to 10, got "3"'],
    [{ share: NaN }, 'method: option share must be a number from 0 to 1'],
    [{ share: 1.01 }, 'method: option share must be a number from 0 to 1, got 1.01'],
    [{ layer: 'c' }, 'method: option layer must be one of a, b, got "c"'],
    [{ balanced: 1 }, 'method: option balanced must be true or false, got 1'],
    [{ grid: [] }, 'method: option grid must be a list of numbers from 0 to 5'],
    [{ grid: [1, 9] }, 'method: option grid must be a list of numbers from 0 to 5'],
    [{ depth: 3 }, 'method: unknown option "depth"; it takes layer, k, share, balanced, grid'],
    [{ toString: 3 }, 'method: unknown option "toString"'],
    ['fast', 'method: options must be a record'],
  ])('refuses %j, saying what it may be', (options, message) => {
    expect(() => parse(options)).toThrow(InvalidArgumentError);
    expect(() => parse(options)).toThrow(message);
  });
});
