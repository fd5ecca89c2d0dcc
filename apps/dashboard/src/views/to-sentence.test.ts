import { expect, it } from 'vitest';
import { toSentence } from './to-sentence.ts';

it('gives messages a capital and a full stop, and leaves sentences alone', () => {
  expect(toSentence('no run "x"')).toBe('No run "x".');
  expect(toSentence('Which one?')).toBe('Which one?');
  expect(toSentence(' Done. ')).toBe('Done.');
});
