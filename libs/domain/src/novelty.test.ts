import { describe, expect, it } from 'vitest';
import { verdictOf, verdictWithBand } from './novelty.ts';

describe('verdicts', () => {
  it('are novel only above the threshold: a tie is in-distribution', () => {
    expect(verdictOf(1.01, 1)).toBe('novel');
    expect(verdictOf(1, 1)).toBe('in-distribution');
    expect(verdictOf(-5, 1)).toBe('in-distribution');
  });

  it('abstain inside the band, its ends included', () => {
    expect(['0.4', '0.5', '0.7', '0.9', '1.0'].map((score) => verdictWithBand(Number(score), 0.5, 0.9))).toEqual([
      'in-distribution',
      'abstain',
      'abstain',
      'abstain',
      'novel',
    ]);
  });
});
