import { describe, expect, it } from 'vitest';
import { classify } from './classify.ts';

describe('classify', () => {
  it('names the largest logit with its softmax', () => {
    const { label, probability } = classify([Math.log(1), Math.log(7), Math.log(2)], ['ant', 'bee', 'cow']);
    expect(label).toBe('bee');
    expect(probability).toBeCloseTo(0.7, 12);
  });

  it('does not overflow on large logits', () => {
    expect(classify([5000, 5000], ['ant', 'bee'])).toEqual({ label: 'ant', probability: 0.5 });
  });

  it('says nothing without logits', () => {
    expect(classify([], ['ant'])).toEqual({ label: '', probability: 0 });
  });
});
