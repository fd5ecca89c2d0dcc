import { createRandom, gramOfRows, cholesky, zeros, type Float64Matrix } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { noWhitener, solvingWhitener, toWhitener, whiten } from './whitener.ts';

const random = createRandom(31);

function randomMatrix(rows: number, cols: number): Float64Matrix {
  const out = zeros(rows, cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = random.normal();
  return out;
}

describe('whiten', () => {
  it.each([3, 256, 600])('undoes a product with the triangular factor of %i rows, without its zeros', (d) => {
    const l = cholesky(gramOfRows(randomMatrix(d, 2 * d)));
    const white = randomMatrix(5, d);
    const z = zeros(5, d);
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < d; j++) {
        for (let k = 0; k <= j; k++) z.data[i * d + j] += l.data[j * d + k] * white.data[i * d + k];
      }
    }
    const whitener = solvingWhitener(l);
    const parts = [...whitener.panels, ...whitener.diagonals];
    const bytes = parts.reduce((sum, { data }) => sum + data.byteLength, 0);
    if (d > 256) expect(bytes).toBeLessThan(0.8 * 4 * d * d);
    const found = whiten(z, whitener);
    expect([found.rows, found.cols]).toEqual([5, d]);
    // float32 of a factor of condition 6.
    found.data.forEach((value, at) => expect(Math.abs(value - white.data[at])).toBeLessThan(1e-5));
  });

  it('multiplies by a matrix that is no triangle, or by nothing', () => {
    const w = randomMatrix(2, 3);
    const z = randomMatrix(4, 3);
    const white = whiten(z, toWhitener(w));
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 2; j++) {
        const expected = [0, 1, 2].reduce((sum, k) => sum + z.data[3 * i + k] * w.data[3 * j + k], 0);
        expect(white.data[2 * i + j]).toBeCloseTo(expected, 6);
      }
    }
    expect(whiten(z, noWhitener())).toEqual(zeros(4, 0));
    expect(whiten(z, toWhitener(zeros(0, 3)))).toEqual(zeros(4, 0));
  });
});
