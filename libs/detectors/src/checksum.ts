const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/**
 * xxHash32 of `bytes`: a checksum against accidents, four words at a time, so that a model of 13 MB is checked in a few
 * milliseconds (a table-driven CRC-32 takes four times as long). Not for adversaries: the store names files by sha-256.
 *
 * @returns unsigned 32-bit
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
export function checksum(bytes: Uint8Array, seed = 0): number {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const stripes = length >>> 4;
  let hash: number;
  if (stripes > 0) {
    let a = (seed + PRIME_1 + PRIME_2) | 0;
    let b = (seed + PRIME_2) | 0;
    let c = seed | 0;
    let d = (seed - PRIME_1) | 0;
    for (let i = 0, end = stripes << 4; i < end; i += 16) {
      a = round(a, view.getInt32(i, true));
      b = round(b, view.getInt32(i + 4, true));
      c = round(c, view.getInt32(i + 8, true));
      d = round(d, view.getInt32(i + 12, true));
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  } else {
    hash = (seed + PRIME_5) | 0;
  }
  hash = (hash + length) | 0;
  let i = stripes << 4;
  for (; i + 4 <= length; i += 4) {
    hash = Math.imul(rotate((hash + Math.imul(view.getInt32(i, true), PRIME_3)) | 0, 17), PRIME_4);
  }
  for (; i < length; i++) hash = Math.imul(rotate((hash + Math.imul(bytes[i], PRIME_5)) | 0, 11), PRIME_1);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
