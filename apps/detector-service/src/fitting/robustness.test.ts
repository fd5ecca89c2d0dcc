import { expect, it } from 'vitest';
import { judgeVariants } from './robustness.ts';

it('counts what is called novel, variant by variant, and says how sure that is', () => {
  const figures = judgeVariants(['blur', 'blur', 'noise', 'blur', 'noise'], [0, 3, 9, 1, 9], {
    value: 2,
    abstainFrom: null,
    abstainTo: null,
  });
  expect(figures.map(({ variant, photos, calledNovel }) => [variant, photos, calledNovel])).toEqual([
    ['blur', 3, 1 / 3],
    ['noise', 2, 1],
  ]);
  // Clopper–Pearson at 95 %: one of three lies in [0.0084, 0.9057], two of two in [0.1581, 1].
  expect(figures[0].low).toBeCloseTo(0.008404, 5);
  expect(figures[0].high).toBeCloseTo(0.905701, 5);
  expect(figures[1].low).toBeCloseTo(0.158114, 5);
  expect(figures[1].high).toBe(1);
});

it('does not count abstentions as novel, nor a score at the threshold', () => {
  const [band] = judgeVariants(['dark', 'dark', 'dark'], [1, 2, 4], { value: 2, abstainFrom: 1, abstainTo: 3 });
  expect(band.calledNovel).toBeCloseTo(1 / 3, 12);
  const [tie] = judgeVariants(['dark'], [2], { value: 2, abstainFrom: null, abstainTo: null });
  expect(tie.calledNovel).toBe(0);
});
