import { createRandom, toFloat32, zeros, type Float64Matrix } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';
import { toWhitener, whiten } from './whitener.ts';

const random = createRandom(31);

function randomMatrix(rows: number, cols: number): Float64Matrix {
  const out = zeros(rows, cols);
  for (let i = 0; i < out.data.length; i++) out.data[i] = random.normal();
  return out;
}

/** Slow and obvious. */
function naive(x: Float64Matrix, i: number, w: { data: ArrayLike<number> }, j: number): number {
  let sum = 0;
  for (let k = 0; k < x.cols; k++) sum += x.data[i * x.cols + k] * w.data[j * x.cols + k];
  return sum;
}

describe('whiten', () => {
  it.each([3, 256, 600])('multiplies by a triangular matrix of %i rows without its zeros', (d) => {
    const w = randomMatrix(d, d);
    for (let i = 0; i < d; i++) w.data.fill(0, i * d + i + 1, (i + 1) * d);
    const z = randomMatrix(2, d);
    const whitener = toWhitener(w, true);
    const bytes = whitener.panels.reduce((sum, panel) => sum + panel.data.byteLength, 0);
    if (d > 256) expect(bytes).toBeLessThan(0.8 * 4 * d * d);
    const white = whiten(z, whitener);
    expect([white.rows, white.cols]).toEqual([2, d]);
    const rounded = toFloat32(w);
    white.data.forEach((value, at) => expect(value).toBeCloseTo(naive(z, Math.floor(at / d), rounded, at % d), 9));
  });
});
