import { describe, expect, it } from 'vitest';
import { portableChecksumLanes, simdChecksumLanes, type ChecksumLanes } from './checksum-lanes.ts';
import { checksum } from './checksum.ts';

const word = (value: bigint): bigint => BigInt.asUintN(32, value);
const primes = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn];

function mix(state: bigint, next: bigint): bigint {
  const product = word((state ^ next) * primes[0]);
  return product ^ (product >> 15n);
}

/** The same, word by word, in whole numbers without end. */
function naive(bytes: Uint8Array, seed: bigint): number {
  const lanes = Array.from({ length: 32 }, (_, lane) => word(seed + BigInt(lane) * primes[1]));
  const words = 32 * Math.ceil(bytes.length / 128);
  for (let i = 0; i < words; i++) {
    const [b0, b1, b2, b3] = [0, 1, 2, 3].map((k) => BigInt(bytes.at(4 * i + k) ?? 0));
    lanes[i % 32] = mix(lanes[i % 32], b0 + (b1 << 8n) + (b2 << 16n) + (b3 << 24n));
  }
  let hash = word(lanes.reduce(mix, BigInt(bytes.length)) * primes[1]);
  hash = word((hash ^ (hash >> 13n)) * primes[2]);
  return Number(hash ^ (hash >> 16n));
}

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 8)) & 255);
const simd = simdChecksumLanes();

describe.each<[string, ChecksumLanes | undefined]>([
  ['in SIMD', simd],
  ['in plain JavaScript', portableChecksumLanes()],
])('checksum %s', (_, lanes) => {
  it('agrees with arithmetic in whole numbers, whatever the length and the seed', () => {
    for (const length of [0, 1, 3, 4, 5, 127, 128, 129, 300, 131_071, 131_072, 131_073]) {
      for (const seed of [0, 1, 0xffffffff]) {
        expect(checksum(pattern(length), seed, lanes), `${length}`).toBe(naive(pattern(length), BigInt(seed)));
      }
    }
  });

  it('does not depend on where the view starts', () => {
    const bytes = pattern(71);
    const shifted = new Uint8Array(80).subarray(3, 74);
    shifted.set(bytes);
    expect(checksum(shifted, 0, lanes)).toBe(checksum(bytes, 0, lanes));
  });

  it('changes with every bit, with zeros at the end, and with words that change places', () => {
    const bytes = pattern(271);
    const changes = Array.from({ length: 8 * bytes.length }, (_, bit) => {
      const changed = bytes.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      return changed;
    });
    changes.push(Uint8Array.of(...bytes, 0));
    for (const [i, j] of [
      [0, 4],
      [0, 128],
      [4, 136],
      [264, 8],
    ]) {
      // prettier-ignore
      const swapped = bytes.slice();
      swapped.set(bytes.subarray(i, i + 4), j);
      swapped.set(bytes.subarray(j, j + 4), i);
      changes.push(swapped);
    }
    const sums = [bytes, ...changes].map((changed) => checksum(changed, 0, lanes));
    expect(new Set(sums).size).toBe(sums.length);
  });

  it('sees two sign bits turned in one lane, which sums would cancel', () => {
    const bytes = pattern(1024);
    const changed = bytes.slice();
    for (const at of [3, 3 + 2 * 128]) changed[at] ^= 0x80;
    expect(checksum(changed, 0, lanes)).not.toBe(checksum(bytes, 0, lanes));
  });
});

it('has SIMD lanes here', () => {
  expect(simd).toBeDefined();
});
