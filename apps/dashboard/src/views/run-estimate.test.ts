import { expect, it } from 'vitest';
import { estimateSeconds } from './run-estimate.ts';

const span = (stage: string, from: number, to: number | null) => ({
  stage,
  startedAt: new Date(from * 1000).toISOString(),
  endedAt: to === null ? null : new Date(to * 1000).toISOString(),
});

it('scales training with the epochs and keeps the rest', () => {
  const spans = [span('prepare', 0, 10), span('train', 10, 70), span('fit', 70, 90)];
  expect(estimateSeconds(spans, 20, 20)).toBe(90);
  expect(estimateSeconds(spans, 20, 40)).toBe(150);
});

it('does not guess without a finished training', () => {
  expect(estimateSeconds([span('train', 0, null)], 20, 20)).toBeNull();
  expect(estimateSeconds([span('train', 0, 5)], 0, 20)).toBeNull();
});
