import { InvalidArgumentError, NotFoundError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { onlyOne, parseVersionName } from './find-version.ts';

describe('parseVersionName', () => {
  it('knows what is in production, a number of a backbone, and a digest or its beginning', () => {
    expect(parseVersionName('production')).toEqual({ kind: 'production' });
    expect(parseVersionName('sail-boats@12')).toEqual({ kind: 'number', backbone: 'sail-boats', number: 12 });
    expect(parseVersionName('0123abcd')).toEqual({ kind: 'digest', start: '0123abcd' });
    expect(parseVersionName('f'.repeat(64))).toEqual({ kind: 'digest', start: 'f'.repeat(64) });
  });

  it.each(['0123abc', 'boats', 'boats@0', 'Boats@1', 'f'.repeat(65), ''])('refuses "%s"', (text) => {
    expect(() => parseVersionName(text)).toThrow(InvalidArgumentError);
  });
});

describe('onlyOne', () => {
  const versions = ['aaaaaaaa1', 'aaaaaaaa2', 'bbbbbbbb1'].map((digest, i) => ({
    digest,
    backbone: 'boats',
    number: i + 1,
  }));

  it('takes the only version whose digest begins so', () => {
    expect(onlyOne('bbbbbbbb', versions)).toBe(versions[2]);
    expect(onlyOne('aaaaaaaa2', versions)).toBe(versions[1]);
  });

  it('refuses a beginning that several share, naming them, or none has', () => {
    expect(() => onlyOne('aaaaaaaa', versions)).toThrow('begin with aaaaaaaa: boats@1, boats@2');
    expect(() => onlyOne('cccccccc', versions)).toThrow(NotFoundError);
  });
});
