import { describe, expect, it } from 'vitest';
import {
  countOf,
  formatAgo,
  formatBytes,
  formatCount,
  formatMs,
  formatPercent,
  formatScore,
  formatSeconds,
  formatSetting,
  formatUnit,
} from './format.ts';

describe('formatPercent', () => {
  it.each([
    [0.9936, '99.4\u202f%'],
    [0.5, '50\u202f%'],
    [0, '0\u202f%'],
    [1, '100\u202f%'],
  ])('writes %f as %s', (share, text) => expect(formatPercent(share)).toBe(text));

  it('never rounds an inexact extreme to 0 or 100', () => {
    expect(formatPercent(0.00001)).toBe('<\u202f0.1\u202f%');
    expect(formatPercent(0.99999)).toBe('>\u202f99.9\u202f%');
    expect(formatPercent(0.004, 0)).toBe('<\u202f1\u202f%');
  });

  it('shows a dash for what is not known', () => {
    expect(formatPercent(null)).toBe('–');
    expect(formatPercent(Number.NaN)).toBe('–');
  });
});

describe('formatUnit', () => {
  it('keeps three decimals and says 1 only when it is 1', () => {
    expect(formatUnit(0.98765)).toBe('0.988');
    expect(formatUnit(0.99999)).toBe('>0.999');
    expect(formatUnit(1)).toBe('1.000');
  });
});

describe('formatScore', () => {
  it('keeps about four digits at any scale', () => {
    expect([0, 0.12345, 12.345, 123.45, 12345.6, -0.5].map(formatScore)).toEqual([
      '0.000',
      '0.123',
      '12.35',
      '123.5',
      '12346',
      '−0.500',
    ]);
    expect(formatScore(1e-7)).toBe('1.00e−7');
    expect(formatScore(Number.POSITIVE_INFINITY)).toBe('∞');
  });
});

describe('formatSeconds', () => {
  it('uses two units at most', () => {
    expect([0.84, 9.96, 42.4, 59.7, 60, 185, 3600, 7441].map(formatSeconds)).toEqual([
      '0.8 s',
      '10 s',
      '42 s',
      '1 min',
      '1 min',
      '3 min 5 s',
      '1 h',
      '2 h 4 min',
    ]);
  });
});

describe('other figures', () => {
  it('groups thousands and agrees in number', () => {
    expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
    expect(countOf(1, 'photo')).toBe('1 photo');
    expect(countOf(0, 'photo')).toBe('0 photos');
    expect(countOf(2, 'class', 'classes')).toBe('2 classes');
  });

  it('scales milliseconds and bytes', () => {
    expect([0.418, 38.2, 1234].map(formatMs)).toEqual(['0.42 ms', '38 ms', '1.2 s']);
    expect([12, 1500, 94_000_000, 999_999].map(formatBytes)).toEqual(['12 B', '1.5 kB', '94 MB', '1 MB']);
  });

  it('says how long ago in one unit', () => {
    const now = new Date('2026-01-10T12:00:00Z');
    const ago = (seconds: number): string => formatAgo(new Date(now.getTime() - seconds * 1000), now);
    expect([5, 60, 1800, 7200, 86_400, 4 * 86_400].map(ago)).toEqual([
      'just now',
      '1 min ago',
      '30 min ago',
      '2 h ago',
      'yesterday',
      '4 days ago',
    ]);
  });

  it('writes settings without noise', () => {
    expect([0.0001, 0.01, true, [], ['a', 'b'], null].map(formatSetting)).toEqual([
      '1e−4',
      '0.01',
      'yes',
      '–',
      'a, b',
      '–',
    ]);
  });
});
