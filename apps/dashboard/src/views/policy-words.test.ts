import { expect, it } from 'vitest';
import { guaranteeSentence, policyName } from './policy-words.ts';

it('promises what a certificate promises, with its confidence and its condition', () => {
  const sentence = guaranteeSentence({ kind: 'certificate', falseAlarmRate: 0.05, confidence: 0.95 }, 160);
  expect(sentence).toContain('At most 5\u202f%');
  expect(sentence).toContain('95\u202f% confidence');
  expect(sentence).toContain('160 calibration photos');
});

it('promises nothing for a quantile or a hand-set value', () => {
  expect(guaranteeSentence({ kind: 'quantile', falseAlarmRate: 0.05 }, 160)).toContain('no guarantee');
  expect(guaranteeSentence({ kind: 'manual', value: 1.5 }, 160)).toContain('nothing is promised');
  expect(policyName({ kind: 'manual', abstainShare: 0 })).toBe('set by hand');
  expect(policyName({ kind: 'manual', abstainShare: 0.1 })).toBe('set by hand, 10\u202f% left to a person');
});
