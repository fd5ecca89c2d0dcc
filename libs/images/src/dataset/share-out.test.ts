import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shareOut } from './share-out.ts';

describe('shareOut', () => {
  it('is exact where the numbers allow it', () => {
    expect(shareOut(100, { a: 0.29, b: 0.5, c: 0.21 })).toEqual({ a: 29, b: 50, c: 21 });
    expect(shareOut(0, { a: 1, b: 2 })).toEqual({ a: 0, b: 0 });
  });

  it('gives what is left to the largest remainders, the earlier name first', () => {
    expect(shareOut(5, { a: 0.5, b: 0.2, c: 0.3 })).toEqual({ a: 3, b: 1, c: 1 });
    expect(shareOut(1, { a: 1, b: 1, c: 1 })).toEqual({ a: 1, b: 0, c: 0 });
  });

  it('gives everything away, and to nobody one more than the exact share', () => {
    const weight = fc.integer({ min: 0, max: 1000 });
    const shares = fc.record({ a: weight, b: weight, c: weight }).filter(({ a, b, c }) => a + b + c > 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), shares, (count, { a, b, c }) => {
        const counts = shareOut(count, { a, b, c });
        expect(counts.a + counts.b + counts.c).toBe(count);
        for (const [name, share] of [
          ['a', a],
          ['b', b],
          ['c', c],
        ] as const) {
          expect(Math.abs(counts[name] - (count * share) / (a + b + c))).toBeLessThan(1 + 1e-6);
        }
      }),
    );
  });
});
