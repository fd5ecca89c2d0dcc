import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, isDigest, parseDigest, shortDigest } from './digest.ts';
import { InvalidArgumentError } from './errors.ts';

describe('canonicalJson', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: { d: [1, { z: 0, y: null }], c: 'x' } })).toBe(
      '{"a":{"c":"x","d":[1,{"y":null,"z":0}]},"b":1}',
    );
  });

  it('leaves undefined fields out, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: 2 })).toBe('{"b":2}');
  });

  it('parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('digests', () => {
  const digest = 'ab'.repeat(32);

  it('are 64 lower-case hex digits', () => {
    expect(isDigest(digest)).toBe(true);
    expect(isDigest(digest.toUpperCase())).toBe(false);
    expect(isDigest(`${digest}0`)).toBe(false);
    expect(parseDigest(digest)).toBe(digest);
    expect(shortDigest(digest)).toBe('abababababab');
  });

  it('names the field that is not one', () => {
    expect(() => parseDigest('latest', 'snapshot_digest')).toThrow(InvalidArgumentError);
    expect(() => parseDigest('latest', 'snapshot_digest')).toThrow(/snapshot_digest.*"latest"/);
  });
});
