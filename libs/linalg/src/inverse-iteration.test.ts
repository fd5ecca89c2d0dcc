import { describe, expect, it } from 'vitest';
import { eigenvectorsAt } from './inverse-iteration.ts';
import { transpose, zeros } from './matrix.ts';
import { identity, largestDifference, naiveProduct } from './naive.testing.ts';
import { createRandom } from './random.ts';
import { valuesByPart } from './tridiagonal-eigen.ts';

const n = 80;
const random = createRandom(5);
const d = Float64Array.from({ length: n }, () => random.normal());
const e = Float64Array.from({ length: n }, () => random.normal());
// Two parts, and one of a single row.
e[29] = e[30] = 0;
const found = valuesByPart(d, e).sort((a, b) => b.value - a.value);

function times(x: Float64Array): Float64Array {
  return d.map((value, i) => value * x[i] + (i > 0 ? e[i - 1] * x[i - 1] : 0) + (i + 1 < n ? e[i] * x[i + 1] : 0));
}

describe('eigenvectorsAt', () => {
  it('finds the parts that the matrix falls into', () => {
    expect([...new Set(found.map(({ from, to }) => `${from}–${to}`))].sort()).toEqual(['0–30', '30–31', '31–80']);
    expect(found.find(({ from }) => from === 30)?.value).toBe(d[30]);
  });

  it.each([1, 40, n])('gives %i orthonormal eigenvectors', (count) => {
    const vectors = eigenvectorsAt(d, e, found.slice(0, count))!;
    expect(largestDifference(naiveProduct(vectors, transpose(vectors)), identity(count))).toBeLessThan(1e-12);
    for (let k = 0; k < count; k++) {
      const x = vectors.data.slice(k * n, (k + 1) * n);
      times(x).forEach((value, i) => expect(Math.abs(value - found[k].value * x[i])).toBeLessThan(1e-12));
      // Nothing outside of its part.
      const { from, to } = found[k];
      expect(x.every((value, i) => value === 0 || (i >= from && i < to))).toBe(true);
    }
  });

  it('tells apart values that rounding makes equal', () => {
    // Wilkinson's matrix: pairs of values that agree to the last digit.
    const [diagonal, ones] = [Float64Array.from({ length: 41 }, (_, i) => Math.abs(i - 20)), new Float64Array(41).fill(1)]; // prettier-ignore
    const pairs = valuesByPart(diagonal, ones).sort((a, b) => b.value - a.value);
    expect(pairs[0].value - pairs[1].value).toBeLessThan(1e-13);
    const vectors = eigenvectorsAt(diagonal, ones, pairs.slice(0, 10))!;
    expect(largestDifference(naiveProduct(vectors, transpose(vectors)), identity(10))).toBeLessThan(1e-13);
  });

  it('gives nothing rather than a vector that is none', () => {
    expect(eigenvectorsAt(d, e, [{ ...found[3], value: found[3].value + 0.01 }])).toBeUndefined();
    expect(eigenvectorsAt(d, e, [])).toEqual(zeros(0, n));
  });
});
