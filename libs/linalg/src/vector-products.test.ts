import { ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { matrix, toFloat32, transpose, type Matrix } from './matrix.ts';
import { largestDifference, naiveProduct, randomMatrix } from './naive.testing.ts';
import { prepareVectorProducts } from './vector-products.ts';

/** Zeros above the diagonal, and a row of nothing but zeros. */
function lowerTriangle(n: number): Matrix {
  const x = randomMatrix(n, n, 3);
  for (let i = 0; i < n; i++) x.data.fill(0, i * n + (i === 4 ? 0 : i + 1), (i + 1) * n);
  return x;
}

describe('prepareVectorProducts', () => {
  it.each<[string, Matrix]>([
    ['one number', randomMatrix(1, 1, 1)],
    ['rows whose length eight does not divide', randomMatrix(7, 21, 2)],
    ['float32', toFloat32(randomMatrix(20, 16, 4))],
    ['a lower triangle', lowerTriangle(19)],
    ['no columns', matrix(3, 0, new Float64Array(0))],
    ['too much to copy', matrix(2 ** 12, 2 ** 11 + 1, new Float32Array(2 ** 12 * (2 ** 11 + 1)).fill(0.5))],
  ])('multiplies as the naive product does: %s', (_, x) => {
    const products = prepareVectorProducts(x);
    for (const seed of [5, 6]) {
      const v = randomMatrix(x.cols, 1, seed);
      const w = randomMatrix(x.rows, 1, seed);
      expect(largestDifference(matrix(x.rows, 1, products.multiply(v.data)), naiveProduct(x, v))).toBeLessThan(1e-10);
      expect(
        largestDifference(matrix(x.cols, 1, products.transposedMultiply(w.data)), naiveProduct(transpose(x), w)),
      ).toBeLessThan(1e-10);
    }
  });

  it('forgets what is not finite after it has passed it on', () => {
    const products = prepareVectorProducts(matrix(1, 3, Float64Array.of(1, 2, 3)));
    expect([...products.transposedMultiply(Float64Array.of(Infinity))]).toEqual([Infinity, Infinity, Infinity]);
    expect([...products.multiply(Float64Array.of(1, 1, 1))]).toEqual([6]);
  });

  it('refuses vectors of another length', () => {
    const products = prepareVectorProducts(randomMatrix(3, 5, 1));
    expect(() => products.multiply(new Float64Array(3))).toThrow(ShapeError);
    expect(() => products.transposedMultiply(new Float64Array(5))).toThrow(ShapeError);
  });
});
