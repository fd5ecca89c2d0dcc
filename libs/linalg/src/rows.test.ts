import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { fromRows, requireFinite, rowRange, selectRows, stackRows, toFloat32, transpose } from './matrix.ts';
import { randomMatrix } from './naive.testing.ts';
import { norms, normaliseRows } from './norms.ts';
import { squaredDistances } from './squared-distances.ts';
import { fitStandardiser, standardise } from './standardise.ts';
import { kthLargest, kthSmallest, largestIndices, smallestIndices } from './top-k.ts';

describe('matrix', () => {
  it('takes, selects, stacks and transposes rows', () => {
    const x = fromRows([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    expect([...selectRows(x, [2, 0]).data]).toEqual([5, 6, 1, 2]);
    expect([...rowRange(x, 1, 3).data]).toEqual([3, 4, 5, 6]);
    expect([...transpose(x).data]).toEqual([1, 3, 5, 2, 4, 6]);
    const stacked = stackRows([toFloat32(x), toFloat32(x)]);
    expect(stacked.rows).toBe(6);
    expect(stacked.data).toBeInstanceOf(Float32Array);
    expect(() => stackRows([x, fromRows([[1]])])).toThrow(ShapeError);
    expect(() => fromRows([[1], [1, 2]])).toThrow(ShapeError);
  });

  it('names the first row that is not finite', () => {
    expect(() => requireFinite(fromRows([[1, 2], [3, NaN]]), 'activations')).toThrow('activations: expected finite numbers, got NaN in row 1'); // prettier-ignore
    expect(() => requireFinite(fromRows([[Infinity]]), 'x')).toThrow(InvalidArgumentError);
  });
});

describe('normaliseRows', () => {
  it('gives unit rows and leaves a zero row zero', () => {
    const unit = normaliseRows(fromRows([[3, 4], [0, 0], [0, -2]])); // prettier-ignore
    expect([...unit.data]).toEqual([0.6, 0.8, 0, 0, 0, -1]);
    expect([...norms(unit)]).toEqual([1, 0, 1]);
  });
});

describe('squaredDistances', () => {
  it('agrees with the differences, and is never negative', () => {
    const x = randomMatrix(5, 7, 1);
    const y = randomMatrix(4, 7, 2);
    const distances = squaredDistances(x, y);
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 4; j++) {
        let expected = 0;
        for (let k = 0; k < 7; k++) expected += (x.data[i * 7 + k] - y.data[j * 7 + k]) ** 2;
        expect(distances.data[i * 4 + j]).toBeCloseTo(expected, 12);
      }
    }
    for (const value of squaredDistances(x, x).data) expect(value).toBeGreaterThanOrEqual(0);
  });
});

describe('standardise', () => {
  it('gives columns of mean zero and deviation one, and only centres constant ones', () => {
    const x = fromRows([[1, 0.1, 5], [3, 0.1, 9], [8, 0.1, 1]]); // prettier-ignore
    const z = standardise(x, fitStandardiser(x));
    for (const j of [0, 2]) {
      const column = [z.data[j], z.data[3 + j], z.data[6 + j]];
      expect(column.reduce((sum, v) => sum + v)).toBeCloseTo(0, 14);
      expect(column.reduce((sum, v) => sum + v * v, 0) / 3).toBeCloseTo(1, 14);
    }
    for (const i of [0, 1, 2]) expect(Math.abs(z.data[3 * i + 1])).toBeLessThan(1e-15);
  });
});

describe('selection', () => {
  it('agrees with a full sort, ties included', () => {
    for (let seed = 0; seed < 50; seed++) {
      const n = 1 + (seed % 23);
      const values = randomMatrix(1, n, seed).data.map((v) => Math.round(v * 3) + 0);
      const order = Array.from(values.keys()).sort((i, j) => values[i] - values[j] || i - j);
      const reversed = Array.from(values.keys()).sort((i, j) => values[j] - values[i] || i - j);
      for (let k = 1; k <= n; k++) {
        expect(kthSmallest(values, k)).toBe(values[order[k - 1]]);
        expect(kthLargest(values, k)).toBe(values[reversed[k - 1]]);
        expect([...smallestIndices(values, k)]).toEqual(order.slice(0, k));
        expect([...largestIndices(values, k)]).toEqual(reversed.slice(0, k));
      }
    }
  });

  it('rejects a rank beyond the values', () => {
    expect(() => kthSmallest(Float64Array.of(1, 2), 3)).toThrow('k: expected an integer in 1 … 2, got 3');
    expect(() => largestIndices(Float64Array.of(), 1)).toThrow(InvalidArgumentError);
  });
});
