import { ShapeError } from '@outsider/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { currentKernels, portableKernels, setKernels } from './kernels.ts';
import { row, toFloat32, transpose } from './matrix.ts';
import { dot, gramOfColumns, gramOfRows, multiply, multiplyTransposed, multiplyVector, transposedMultiply, transposedMultiplyVector } from './multiply.ts'; // prettier-ignore
import { largestDifference, naiveProduct, randomMatrix } from './naive.testing.ts';

const initial = currentKernels();
afterEach(() => {
  setKernels(initial);
});

// Sizes around the tile (4) and the cache blocks (128, 256, 256), and far from them.
const shapes = [[1, 1, 1], [3, 5, 2], [4, 4, 4], [7, 9, 5], [130, 259, 30], [129, 17, 258], [40, 600, 33]] as const; // prettier-ignore

describe.each([initial, portableKernels])('products with the $name kernels', (kernels) => {
  it.each(shapes)('agree with the naive product for [%i, %i] · [%i]', (n, k, m) => {
    setKernels(kernels);
    const a = randomMatrix(n, k, 1);
    const b = randomMatrix(k, m, 2);
    const expected = naiveProduct(a, b);
    expect(largestDifference(multiply(a, b), expected)).toBeLessThan(1e-11);
    expect(largestDifference(multiplyTransposed(a, transpose(b)), expected)).toBeLessThan(1e-11);
    expect(largestDifference(transposedMultiply(transpose(a), b), expected)).toBeLessThan(1e-11);
  });

  it.each(shapes)('make symmetric Gram matrices of [%i, %i]', (n, k) => {
    setKernels(kernels);
    const x = randomMatrix(n, k, 3);
    expect(largestDifference(gramOfRows(x), naiveProduct(x, transpose(x)))).toBeLessThan(1e-11);
    expect(largestDifference(gramOfColumns(x), naiveProduct(transpose(x), x))).toBeLessThan(1e-11);
    const gram = gramOfColumns(x);
    expect(largestDifference(gram, transpose(gram))).toBe(0);
  });

  it('sum float32 inputs in float64', () => {
    setKernels(kernels);
    const x = toFloat32(randomMatrix(9, 2048, 4));
    const wide = { ...x, data: Float64Array.from(x.data) };
    expect(largestDifference(gramOfRows(x), naiveProduct(wide, transpose(wide)))).toBeLessThan(1e-10);
  });
});

describe('products of a row with many', () => {
  // Wide and tall enough for SIMD, with columns beyond a multiple of eight; and wider than what it takes.
  it.each([
    [70, 100],
    [5, 2048],
    [900, 1029],
    [2, 16390],
  ])('agree with the naive sum for a float32 bank of %i × %i', (n, d) => {
    // prettier-ignore
    const bank = toFloat32(randomMatrix(n, d, 8));
    const query = randomMatrix(1, d, 9);
    const found = multiplyTransposed(query, bank);
    const expected = Float64Array.from({ length: n }, (_, i) =>
      Array.from(row(bank, i)).reduce((sum, value, j) => sum + value * query.data[j], 0),
    );
    expect(largestDifference(found, { rows: 1, cols: n, data: expected })).toBeLessThan(1e-10);
    expect(multiplyVector(bank, query.data)).toEqual(found.data);
  });
});

describe('vector products', () => {
  const a = randomMatrix(6, 11, 5);
  const v = randomMatrix(11, 1, 6);
  const u = randomMatrix(6, 1, 7);

  it('agree with the naive product', () => {
    const right = { rows: 6, cols: 1, data: multiplyVector(a, v.data) };
    expect(largestDifference(right, naiveProduct(a, v))).toBeLessThan(1e-13);
    const left = { rows: 11, cols: 1, data: transposedMultiplyVector(a, u.data) };
    expect(largestDifference(left, naiveProduct(transpose(a), u))).toBeLessThan(1e-13);
    expect(dot(v.data, v.data)).toBeCloseTo(naiveProduct(transpose(v), v).data[0], 13);
  });

  it('reject operands that do not fit', () => {
    expect(() => multiply(a, a)).toThrow(ShapeError);
    expect(() => multiplyTransposed(a, v)).toThrow(ShapeError);
    expect(() => transposedMultiply(a, v)).toThrow(ShapeError);
    expect(() => multiplyVector(a, u.data)).toThrow('vector: expected shape [11], got [6]');
  });
});
