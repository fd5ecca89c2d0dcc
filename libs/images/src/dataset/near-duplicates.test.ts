import { createRandom } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';

import { findNearDuplicates } from './near-duplicates.ts';

interface Photo {
  readonly name: number;
  readonly fingerprint: string | null;
}

function bitsBetween(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;
}

describe('findNearDuplicates', () => {
  const random = createRandom(5);
  const bases = Array.from(
    { length: 40 },
    () => BigInt(random.integer(2 ** 32)) * 2n ** 32n + BigInt(random.integer(2 ** 32)),
  );
  const photos: Photo[] = Array.from({ length: 400 }, (_, name) => {
    let bits = bases[random.integer(bases.length)];
    for (let flips = random.integer(6); flips > 0; flips--) bits ^= 1n << BigInt(random.integer(64));
    return { name, fingerprint: name % 20 === 0 ? null : bits.toString(16).padStart(16, '0') };
  });

  it('finds the same pairs as comparing each with each', () => {
    const expected = new Map<string, number>();
    for (const [i, first] of photos.entries()) {
      for (const second of photos.slice(i + 1)) {
        if (first.fingerprint === null || second.fingerprint === null) continue;
        const distance = bitsBetween(first.fingerprint, second.fingerprint);
        if (distance <= 3) expected.set(`${first.name}-${second.name}`, distance);
      }
    }
    const pairs = findNearDuplicates(photos, () => true, Infinity);
    expect(new Map(pairs.map((p) => [`${p.first.name}-${p.second.name}`, p.distance]))).toEqual(expected);
    expect(pairs.length).toBe(expected.size);
    expect(pairs.length).toBeGreaterThan(100);
  });

  it('leaves out pairs of no interest and stops at the limit', () => {
    const pairs = findNearDuplicates(photos, (a, b) => (a.name + b.name) % 2 === 1, 7);
    expect(pairs.length).toBe(7);
    expect(pairs.every(({ first, second }) => (first.name + second.name) % 2 === 1)).toBe(true);
  });
});
