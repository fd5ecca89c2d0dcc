import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { cholesky, invertDiagonalBlock, solveCholesky, solveLower, solveLowerTransposed } from './cholesky.ts';
import { fromRows, transpose } from './matrix.ts';
import { gramOfRows } from './multiply.ts';
import { identity, largestDifference, naiveProduct, randomMatrix } from './naive.testing.ts';

describe('cholesky', () => {
  // 128 is the block size.
  it.each([1, 2, 127, 128, 129, 300])('factorises a positive definite matrix of %i rows', (n) => {
    const a = gramOfRows(randomMatrix(n, n + 20, n));
    const l = cholesky(a);
    expect(largestDifference(naiveProduct(l, transpose(l)), a)).toBeLessThan(1e-11);
    const above = Array.from({ length: n }, (_, i) => l.data.subarray(i * n + i + 1, (i + 1) * n));
    expect(above.every((rest) => rest.every((value) => value === 0))).toBe(true);
  });

  it('rejects a matrix that is not positive definite, and one that is not square', () => {
    expect(() => cholesky(fromRows([[1, 2], [2, 1]]))).toThrow(InvalidArgumentError); // prettier-ignore
    expect(() => cholesky(fromRows([[NaN]]))).toThrow('not positive definite');
    expect(() => cholesky(fromRows([[1, 2]]))).toThrow(ShapeError);
  });
});

describe('triangular solves', () => {
  it.each([1, 5, 128, 210, 560])('undo the products with L, Lᵀ and L·Lᵀ for %i rows', (n) => {
    const l = cholesky(gramOfRows(randomMatrix(n, 2 * n, n)));
    const x = randomMatrix(n, 3, 9);
    expect(largestDifference(solveLower(l, naiveProduct(l, x)), x)).toBeLessThan(1e-12);
    expect(largestDifference(solveLowerTransposed(l, naiveProduct(transpose(l), x)), x)).toBeLessThan(1e-12);
    const b = naiveProduct(l, naiveProduct(transpose(l), x));
    expect(largestDifference(solveCholesky(l, b), x)).toBeLessThan(1e-11);
    expect(largestDifference(naiveProduct(l, invertDiagonalBlock(l, 0, n)), identity(n))).toBeLessThan(1e-12);
  });

  it('reject a right-hand side of another height', () => {
    expect(() => solveLower(identity(3), identity(2))).toThrow(ShapeError);
  });
});
