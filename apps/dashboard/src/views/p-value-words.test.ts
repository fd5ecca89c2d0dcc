import { expect, it } from 'vitest';
import { pValueWords } from './p-value-words.ts';

it('reads as a share of relevant photos', () => {
  expect(pValueWords(0.02)).toBe('2\u202f% of relevant photos look this unusual, or more so.');
  expect(pValueWords(0.433, 200)).toBe('43\u202f% of relevant photos look this unusual, or more so.');
  expect(pValueWords(0.0049, 2000)).toBe('0.49\u202f% of relevant photos look this unusual, or more so.');
});

it('says that no calibration photo is as unusual when the p-value is the smallest possible', () => {
  expect(pValueWords(1 / 160, 159)).toBe('None of the 159 relevant photos kept for calibration looks this unusual.');
});
