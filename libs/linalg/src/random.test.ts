import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

function take(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

describe('createRandom', () => {
  it('repeats itself for a seed and differs between seeds, also above 32 bits', () => {
    expect(take(5, createRandom(7).next)).toEqual(take(5, createRandom(7).next));
    expect(take(5, createRandom(7).next)).not.toEqual(take(5, createRandom(8).next));
    expect(take(5, createRandom(7).next)).not.toEqual(take(5, createRandom(7 + 2 ** 32).next));
  });

  it('is uniform: every one of 20 bins holds its share, within five standard deviations', () => {
    const random = createRandom(1);
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < 200_000; i++) bins[Math.floor(random.next() * 20)]++;
    for (const bin of bins) expect(Math.abs(bin - 10_000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.95));
  });

  it('makes normal numbers with the moments of the normal distribution', () => {
    const values = take(200_000, createRandom(2).normal);
    const moment = (power: number): number => values.reduce((sum, v) => sum + v ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.012);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.016);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.11);
  });

  it('makes every permutation equally often', () => {
    const random = createRandom(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const key = random.permutation(3).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(2000));
  });
});
