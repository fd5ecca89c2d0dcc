import { describe, expect, it } from 'vitest';
import { checksum } from './checksum.ts';

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

describe('checksum', () => {
  // Known answers of the reference implementation, through python-xxhash 3.
  it.each([
    ['', 0, 0x02cc5d05],
    ['a', 0, 0x550d7456],
    ['abc', 0, 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0, 0xe2293b2f],
    ['xxhash', 20141025, 0x67bb40dd],
  ])('hashes %j with seed %i as xxHash32 does', (text, seed, expected) => {
    expect(checksum(ascii(text), seed)).toBe(expected);
  });

  it('depends on every byte, wherever the view starts', () => {
    const bytes = Uint8Array.from({ length: 71 }, (_, i) => (i * 37) & 255);
    const shifted = new Uint8Array(80).subarray(3, 74);
    shifted.set(bytes);
    expect(checksum(shifted)).toBe(checksum(bytes));
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i] ^= 1;
      expect(checksum(changed)).not.toBe(checksum(bytes));
    }
  });
});
