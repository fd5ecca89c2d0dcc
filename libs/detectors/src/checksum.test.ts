import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.ts';

const word = (value: bigint): bigint => BigInt.asUintN(32, value);
const rotate = (x: bigint, bits: bigint): bigint => word((x << bits) | (x >> (32n - bits)));
const primes = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn];

/** The same, word by word, in whole numbers without end. */
function naive(bytes: Uint8Array, seed: bigint): number {
  const padded = [...bytes, ...Array.from({ length: (4 - (bytes.length % 4)) % 4 }, () => 0)].map(BigInt);
  const lanes = [0n, ...primes].map((prime) => word(seed + prime));
  const count = padded.length / 4;
  const inLanes = Math.floor(Math.floor(bytes.length / 4) / 4) * 4;
  for (let i = 0; i < count; i++) {
    const [b0, b1, b2, b3] = padded.slice(4 * i);
    const lane = i < inLanes ? i % 4 : 0;
    lanes[lane] = word((rotate(lanes[lane], 13n) ^ (b0 + (b1 << 8n) + (b2 << 16n) + (b3 << 24n))) * primes[0]);
  }
  const shifts = [1n, 7n, 12n, 18n];
  let hash = word(lanes.reduce((sum, lane, i) => sum + rotate(lane, shifts[i]), BigInt(bytes.length)));
  hash = word((hash ^ (hash >> 15n)) * primes[1]);
  hash = word((hash ^ (hash >> 13n)) * primes[2]);
  return Number(hash ^ (hash >> 16n));
}

const bytes = Uint8Array.from({ length: 71 }, (_, i) => (i * 37) & 255);

describe('checksum', () => {
  it('agrees with arithmetic in whole numbers, whatever the length and the seed', () => {
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length);
      for (const seed of [0, 1, 0xffffffff]) expect(checksum(part, seed), `${length}`).toBe(naive(part, BigInt(seed)));
    }
  });

  it('does not depend on where the view starts', () => {
    const shifted = new Uint8Array(80).subarray(3, 74);
    shifted.set(bytes);
    expect(checksum(shifted)).toBe(checksum(bytes));
  });

  it('changes with every bit, with zeros at the end, and with words that change places', () => {
    const changes = Array.from({ length: 8 * bytes.length }, (_, bit) => {
      const changed = bytes.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      return changed;
    });
    changes.push(Uint8Array.of(...bytes, 0));
    for (const [i, j] of [
      [0, 4],
      [0, 16],
      [4, 20],
      [60, 64],
    ]) {
      // prettier-ignore
      const swapped = bytes.slice();
      swapped.set(bytes.subarray(i, i + 4), j);
      swapped.set(bytes.subarray(j, j + 4), i);
      changes.push(swapped);
    }
    expect(changes.map((changed) => checksum(changed))).not.toContain(checksum(bytes));
  });
});
