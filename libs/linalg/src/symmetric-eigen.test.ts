import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { fromRows, rowRange, selectRows, transpose, zeros, type Matrix } from './matrix.ts';
import { gramOfColumns, gramOfRows } from './multiply.ts';
import { identity, largestDifference, naiveProduct, randomMatrix } from './naive.testing.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

function expectDecomposition(a: Matrix, tolerance: number): Float64Array {
  const { values, vectors } = symmetricEigen(a);
  const scaled = zeros(a.rows, a.rows);
  vectors.data.forEach((value, at) => (scaled.data[at] = value * values[Math.floor(at / a.rows)]));
  expect(largestDifference(naiveProduct(vectors, a), scaled)).toBeLessThan(tolerance);
  expect(largestDifference(naiveProduct(vectors, transpose(vectors)), identity(a.rows))).toBeLessThan(1e-12);
  expect([...values]).toEqual([...values].sort((x, y) => y - x));
  return values;
}

function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]), `${i}`).toBeLessThan(tolerance));
}

/** Rows of both are orthonormal: they span the same when the projectors on them agree. */
function expectSameSpace(a: Matrix, b: Matrix, tolerance: number): void {
  const [first, second] = [a, b].map((rows) => naiveProduct(transpose(rows), rows));
  expectClose(first.data, second.data, tolerance);
}

describe('symmetricEigen', () => {
  // 64 reflectors make a block.
  it.each([1, 2, 3, 10, 65, 67, 150])('decomposes a random symmetric matrix of %i rows', (n) => {
    const b = randomMatrix(n, n, n);
    const a = { ...b, data: b.data.map((value, at) => value + b.data[(at % n) * n + Math.floor(at / n)]) };
    expectDecomposition(a, 1e-11);
  });

  it('makes only the vectors that are wanted', () => {
    const a = gramOfRows(randomMatrix(30, 40, 5));
    const all = symmetricEigen(a);
    for (const limit of [60, 20]) {
      const some = symmetricEigen(a, (values) => values.filter((value) => value > limit).length);
      expectClose(some.values, all.values, 1e-12);
      expect(some.vectors.rows).toBe(all.values.filter((value) => value > limit).length);
      expectSameSpace(some.vectors, rowRange(all.vectors, 0, some.vectors.rows), 1e-12);
    }
    expect(symmetricEigen(a, () => 0).vectors).toMatchObject({ rows: 0, cols: 30 });
  });

  const spectra: [string, number[]][] = [
    ['far apart', Array.from({ length: 90 }, (_, i) => 1 / (i + 1))],
    ['falling by orders of magnitude', Array.from({ length: 90 }, (_, i) => 2 ** -i)],
    ['of low rank', Array.from({ length: 90 }, (_, i) => (i < 12 ? 12 - i : 0))],
    ['in clusters', Array.from({ length: 90 }, (_, i) => Math.floor(i / 10) + 1e-9 * (i % 10))],
    ['all but equal', Array.from({ length: 90 }, (_, i) => 1 + 1e-14 * i)],
    ['repeated', Array.from({ length: 90 }, (_, i) => (i < 45 ? 3 : 1))],
    ['of both signs', Array.from({ length: 90 }, (_, i) => 45 - i)],
  ];
  it.each(spectra)('gives the leading vectors of values %s', (_, spectrum) => {
    const n = spectrum.length;
    const { vectors: basis } = symmetricEigen(gramOfRows(randomMatrix(n, n, 11)));
    const scaled = { ...basis, data: basis.data.map((value, at) => value * spectrum[Math.floor(at / n)]) };
    const a = naiveProduct(transpose(basis), scaled);
    const sorted = spectrum.toSorted((x, y) => y - x);
    const size = Math.max(...spectrum.map(Math.abs));
    for (const count of [1, 7, 40]) {
      const { values, vectors } = symmetricEigen(a, () => count);
      expectClose(values, Float64Array.from(sorted), 1e-13 * n * size);
      expect(vectors.rows).toBe(count);
      const applied = naiveProduct(vectors, a);
      const expected = vectors.data.map((value, at) => value * values[Math.floor(at / n)]);
      expectClose(applied.data, expected, 1e-12 * size);
      expectClose(naiveProduct(vectors, transpose(vectors)).data, identity(count).data, 1e-12);
    }
  });

  it('gives the leading vectors of a matrix that falls into parts', () => {
    const a = zeros(60, 60);
    const parts = [gramOfRows(randomMatrix(20, 30, 1)), gramOfRows(randomMatrix(39, 50, 2))];
    parts.forEach((part, p) =>
      part.data.forEach((value, at) => {
        const [i, j] = [Math.floor(at / part.rows), at % part.rows];
        a.data[(p * 20 + i) * 60 + p * 20 + j] = value;
      }),
    );
    const all = symmetricEigen(a);
    const some = symmetricEigen(a, () => 25);
    expectClose(some.values, all.values, 1e-12);
    expectSameSpace(some.vectors, rowRange(all.vectors, 0, 25), 1e-11);
  });

  it('knows the eigenvalues of the second difference matrix', () => {
    const n = 40;
    const a = zeros(n, n);
    for (let i = 0; i < n; i++) {
      a.data[i * n + i] = 2;
      if (i > 0) a.data[i * n + i - 1] = a.data[(i - 1) * n + i] = -1;
    }
    const values = expectDecomposition(a, 1e-13);
    values.forEach((value, i) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)), 12));
  });

  it('handles zero, diagonal, repeated and rank-deficient matrices', () => {
    expectDecomposition(zeros(5, 5), 1e-15);
    expect([...expectDecomposition(fromRows([[1, 0, 0], [0, 3, 0], [0, 0, 2]]), 1e-15)]).toEqual([3, 2, 1]); // prettier-ignore
    expectDecomposition(identity(70), 1e-14);
    const values = expectDecomposition(gramOfRows(randomMatrix(60, 7, 1)), 1e-11);
    expect(values[6]).toBeGreaterThan(1);
    for (const value of values.subarray(7)) expect(Math.abs(value)).toBeLessThan(1e-11);
  });

  it.each([
    [100, 20],
    [300, 64],
    [300, 128],
    [500, 3],
  ])('handles %i rows of rank %i, and repeated rows', (n, rank) => {
    for (let seed = 0; seed < 5; seed++) {
      const x = randomMatrix(rank, n, seed);
      const values = symmetricEigen(gramOfColumns(x)).values;
      expect(values[rank - 1]).toBeGreaterThan(1);
      for (const value of values.subarray(rank)) expect(Math.abs(value)).toBeLessThan(1e-11 * values[0]);
      const repeated = Array.from({ length: 3 * rank }, (_, i) => i % Math.ceil(rank / (seed + 1)));
      expect(() => symmetricEigen(gramOfRows(selectRows(x, repeated)))).not.toThrow();
    }
    expectDecomposition(gramOfColumns(randomMatrix(rank, n, 9)), 1e-12 * n * n);
  });

  it('handles entries that fall by many orders of magnitude', () => {
    for (const ratio of [0.5, 0.1, 1e-3]) {
      const x = randomMatrix(60, 40, 3);
      const graded = { ...x, data: x.data.map((value, at) => value * ratio ** (at % 40)) };
      expectDecomposition(gramOfColumns(graded), 1e-12 * 60);
    }
  });

  it('handles huge and tiny entries', () => {
    const a = gramOfRows(randomMatrix(20, 30, 2));
    expectDecomposition({ ...a, data: a.data.map((value) => value * 1e-180) }, 1e-190);
    expect(symmetricEigen({ ...a, data: a.data.map((value) => value * 1e180) }).values[0] / 1e180).toBeCloseTo(symmetricEigen(a).values[0], 10); // prettier-ignore
  });

  it('tells how far it is, and ends when what it tells throws', () => {
    const a = gramOfRows(randomMatrix(150, 200, 6));
    const told: number[] = [];
    symmetricEigen(a, undefined, (fraction) => told.push(fraction));
    expect(told.length).toBeGreaterThan(5);
    expect(told).toEqual(told.toSorted((x, y) => x - y));
    expect([told[0], told.at(-1)]).toEqual([0, 1]);
    const enough = () => {
      throw new Error('enough');
    };
    expect(() => symmetricEigen(a, undefined, enough)).toThrow('enough');
  });

  it('rejects NaN and matrices that are not square', () => {
    const a = identity(4);
    a.data[4] = NaN;
    expect(() => symmetricEigen(a)).toThrow(InvalidArgumentError);
    expect(() => symmetricEigen(zeros(2, 3))).toThrow(ShapeError);
  });
});
