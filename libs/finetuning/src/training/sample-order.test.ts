import { describe, expect, it } from 'vitest';
import { sampleOrder } from './sample-order.ts';

const epochs = (count: number, perEpoch: number, seed: number, n: number) =>
  Array.from({ length: n }, (_, i) => [...sampleOrder(count, perEpoch, seed, i + 1)]);

describe('sampleOrder', () => {
  it('shows every sample once before any again, across epochs of any length', () => {
    for (const perEpoch of [4, 10, 7, 23]) {
      const seen = epochs(10, perEpoch, 3, 20).flat();
      for (let pass = 0; pass + 10 <= seen.length; pass += 10) {
        expect(seen.slice(pass, pass + 10).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      }
    }
  });

  it('takes all where no number is given, in another order each time', () => {
    const [first, second] = epochs(50, 0, 1, 2);
    expect(first.toSorted((a, b) => a - b)).toEqual(second.toSorted((a, b) => a - b));
    expect(first).not.toEqual(second);
  });

  it('is fixed by its seed', () => {
    expect(epochs(50, 20, 5, 4)).toEqual(epochs(50, 20, 5, 4));
    expect(epochs(50, 20, 5, 1)).not.toEqual(epochs(50, 20, 6, 1));
  });
});
