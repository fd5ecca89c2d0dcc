import { expect, it } from 'vitest';
import { fileProblem, maxPhotoBytes, positionOn } from './verdict.ts';

it('keeps scores outside the strip at its edges', () => {
  const strip = { low: -2, high: 2 };
  expect([-9, -2, 0, 1, 9].map((score) => positionOn(strip, score))).toEqual([0, 0, 0.5, 0.75, 1]);
});

it('says in one sentence why a file is not sent', () => {
  expect(fileProblem({ name: 'a.jpg', size: 0, type: 'image/jpeg' })).toBe('“a.jpg” is empty.');
  expect(fileProblem({ name: 'a.jpg', size: maxPhotoBytes + 1, type: 'image/jpeg' })).toMatch(/larger than 32 MB/);
  expect(fileProblem({ name: 'a.pdf', size: 9, type: 'application/pdf' })).toMatch(/not an image/);
  expect(fileProblem({ name: 'a', size: 9, type: '' })).toBeNull();
});
