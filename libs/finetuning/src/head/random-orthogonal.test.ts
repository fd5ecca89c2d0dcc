import { describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { randomOrthogonal } from './random-orthogonal.ts';

describe('randomOrthogonal', () => {
  it.each([
    ['columns', 40, 24],
    ['columns and rows', 32, 32],
    ['rows', 24, 40],
  ])('has orthonormal %s', (_, rows, cols) => {
    const q = randomOrthogonal(rows, cols, seededRandom(3));
    expect(q).toHaveLength(rows * cols);
    const columns = rows >= cols;
    const size = Math.min(rows, cols);
    const at = (vector: number, k: number) => (columns ? q[k * cols + vector] : q[vector * cols + k]);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let product = 0;
        for (let k = 0; k < Math.max(rows, cols); k++) product += at(i, k) * at(j, k);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    }
  });

  it('mixes: no element stands out, and the seed fixes it', () => {
    const q = randomOrthogonal(256, 256, seededRandom(1));
    expect(Math.max(...q.map(Math.abs))).toBeLessThan(0.5);
    expect(randomOrthogonal(256, 256, seededRandom(1))).toEqual(q);
    expect(randomOrthogonal(256, 256, seededRandom(2))).not.toEqual(q);
  });
});
