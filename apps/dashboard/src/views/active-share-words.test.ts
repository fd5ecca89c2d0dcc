import { expect, it } from 'vitest';
import { activeShareSentence } from './active-share-words.ts';

const summary = (p50: number) => ({ p10: p50 - 0.02, p50, p90: p50 + 0.02, photos: 100 });

it('says so when the share tells nothing', () => {
  expect(activeShareSentence(summary(0.5), summary(0.501), 0.53)).toMatch(/hardly tells them apart \(AUROC 0.53\)/);
  expect(activeShareSentence(summary(0.5), summary(0.499), 0.45)).toMatch(/hardly tells them apart \(AUROC 0.55\)/);
});

it('names the direction that it sees, not the one that was expected', () => {
  expect(activeShareSentence(summary(0.2), summary(0.26), 0.95)).toMatch(/activate more neurons/);
  expect(activeShareSentence(summary(0.26), summary(0.2), 0.2)).toMatch(/tend to activate fewer neurons/);
});

it('does not compare with irrelevant photos that are not there', () => {
  expect(activeShareSentence(summary(0.2), null, null)).toMatch(/nothing to compare with/);
});
