import { stages } from '@outsider/domain';
import { expect, it } from 'vitest';
import { jobFraction } from './stage-progress.ts';

it('only grows through the stages of a run', () => {
  const fractions = stages.flatMap((stage) => [0, 0.5, 1].map((fraction) => jobFraction(stage, fraction)));
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBe(1);
});
