import { describe, expect, it } from 'vitest';
import { verdictOf } from './novelty.ts';

describe('verdictOf', () => {
  const plain = { value: 1, abstainFrom: null, abstainTo: null };

  it('is novel only above the threshold: a tie is in-distribution', () => {
    expect([1.01, 1, -5].map((score) => verdictOf(score, plain))).toEqual([
      'novel',
      'in-distribution',
      'in-distribution',
    ]);
  });

  it('abstains inside the band, its ends included', () => {
    const banded = { value: 0.7, abstainFrom: 0.5, abstainTo: 0.9 };
    expect([0.4, 0.5, 0.7, 0.9, 1].map((score) => verdictOf(score, banded))).toEqual([
      'in-distribution',
      'abstain',
      'abstain',
      'abstain',
      'novel',
    ]);
  });

  it('does not pass NaN for in-distribution', () => {
    expect(() => verdictOf(NaN, plain)).toThrow('expected a number, got NaN');
    expect(verdictOf(Infinity, plain)).toBe('novel');
  });
});
