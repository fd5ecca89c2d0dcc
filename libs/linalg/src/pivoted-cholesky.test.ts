import { ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { fromRows, matrix, selectRows, transpose, zeros } from './matrix.ts';
import { gramOfRows } from './multiply.ts';
import { largestDifference, naiveProduct, randomMatrix } from './naive.testing.ts';
import { pivotedCholesky } from './pivoted-cholesky.ts';

describe('pivotedCholesky', () => {
  it.each([
    [1, 1],
    [9, 30],
    [40, 13],
    [40, 40],
  ])('factorises the Gram matrix of %i rows of %i numbers', (n, d) => {
    const a = gramOfRows(randomMatrix(n, d, n + d));
    const { factor, pivots } = pivotedCholesky(a);
    expect(factor.cols).toBe(Math.min(n, d));
    expect(new Set(pivots).size).toBe(factor.cols);
    expect(largestDifference(naiveProduct(factor, transpose(factor)), a)).toBeLessThan(1e-12 * d * n);
    pivots.forEach((pivot, k) => {
      expect(factor.data[pivot * factor.cols + k]).toBeGreaterThan(0);
      expect(factor.data.subarray(pivot * factor.cols + k + 1, (pivot + 1) * factor.cols).every((v) => v === 0)).toBe(
        true,
      );
    });
  });

  it('takes the largest diagonal first and leaves out what is explained', () => {
    const a = gramOfRows(fromRows([[1, 0, 0], [2, 0, 0], [0, 3, 0], [0, 0, 0]])); // prettier-ignore
    expect([...pivotedCholesky(a).pivots]).toEqual([2, 1]);
    expect(pivotedCholesky(zeros(3, 3)).factor).toEqual(zeros(3, 0));
    expect(pivotedCholesky(zeros(0, 0)).pivots).toHaveLength(0);
  });

  it('keeps all rows beside one that is much larger', () => {
    const x = randomMatrix(12, 30, 4);
    for (const scale of [1e3, 1e6, 1e8]) {
      const outlying = { ...x, data: x.data.map((value, at) => (at < 30 ? value * scale : value)) };
      const a = gramOfRows(selectRows(outlying, [...Array(12).keys(), 0, 7]));
      const { factor } = pivotedCholesky(a);
      expect(factor.cols).toBe(12);
      const product = naiveProduct(factor, transpose(factor));
      product.data.forEach((value, at) => {
        const [i, j] = [Math.floor(at / 14), at % 14];
        expect(Math.abs(value - a.data[at])).toBeLessThan(1e-12 * Math.sqrt(a.data[i * 15] * a.data[j * 15]));
      });
    }
  });

  it('solves with the transposed triangle', () => {
    const { factor, pivots, solveTransposed } = pivotedCholesky(gramOfRows(randomMatrix(30, 21, 7)));
    const v = randomMatrix(21, 1, 8);
    const l = selectRows(factor, pivots);
    const u = matrix(21, 1, solveTransposed(v.data));
    expect(largestDifference(naiveProduct(transpose(l), u), v)).toBeLessThan(1e-12);
    expect(() => solveTransposed(new Float64Array(30))).toThrow(ShapeError);
  });

  it('refuses what is not square', () => {
    expect(() => pivotedCholesky(zeros(2, 3))).toThrow(ShapeError);
  });
});
