const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;

/**
 * A checksum against accidents, read as fast as memory gives: four lanes, each taking every fourth word w as
 * lane ← (rotl(lane, 13) ⊕ w) · PRIME_1. One multiplication a word: xxHash32, from which primes and finish are, takes
 * two and so twice as long over 82 MB. Each step can be undone, so no change within one word goes unnoticed. Not for
 * adversaries: the store names files by sha-256.
 *
 * @param bytes read as little-endian words, the last one filled up with zeros
 * @returns unsigned 32-bit
 */
export function checksum(bytes: Uint8Array, seed = 0): number {
  const { length } = bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, length >>> 2);
  const inFours = words.length & ~3;
  let a = seed | 0;
  let b = (seed + PRIME_1) | 0;
  let c = (seed + PRIME_2) | 0;
  let d = (seed + PRIME_3) | 0;
  for (let i = 0; i < inFours; i += 4) {
    a = Math.imul(rotate(a, 13) ^ words[i], PRIME_1);
    b = Math.imul(rotate(b, 13) ^ words[i + 1], PRIME_1);
    c = Math.imul(rotate(c, 13) ^ words[i + 2], PRIME_1);
    d = Math.imul(rotate(d, 13) ^ words[i + 3], PRIME_1);
  }
  for (let i = inFours; i < words.length; i++) a = Math.imul(rotate(a, 13) ^ words[i], PRIME_1);
  let rest = 0;
  for (let i = words.length * 4; i < length; i++) rest |= bytes[i] << (8 * (i & 3));
  if (length & 3) a = Math.imul(rotate(a, 13) ^ rest, PRIME_1);

  let hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18) + length) | 0;
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
