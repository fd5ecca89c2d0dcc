import {
  laneCount,
  lanePrime,
  laneShift,
  portableChecksumLanes,
  simdChecksumLanes,
  type ChecksumLanes,
} from './checksum-lanes.ts';

const FINISH_1 = 0x85ebca77;
const FINISH_2 = 0xc2b2ae3d;
const stepBytes = 4 * laneCount;

let fastest: ChecksumLanes | undefined;

/**
 * A checksum against accidents, as fast as memory gives: lanes that each take every 32nd word, then the lanes
 * themselves as words of one. Every step can be undone, so no change within one word goes unnoticed. Not for
 * adversaries: the store names files by sha-256. Primes and finish are xxHash32's.
 *
 * @param bytes read as little-endian words, the last step filled up with zeros
 * @returns unsigned 32-bit
 */
export function checksum(
  bytes: Uint8Array,
  seed = 0,
  engine = (fastest ??= simdChecksumLanes() ?? portableChecksumLanes()),
): number {
  const { block, lanes } = engine;
  for (let lane = 0; lane < laneCount; lane++) lanes[lane] = seed + Math.imul(lane, FINISH_1);
  for (let from = 0; from < bytes.length; from += block.length) {
    const part = bytes.subarray(from, from + block.length);
    const steps = Math.ceil(part.length / stepBytes);
    block.set(part);
    block.fill(0, part.length, steps * stepBytes);
    engine.read(steps);
  }

  let hash = bytes.length | 0;
  for (const lane of lanes) {
    hash = Math.imul(hash ^ lane, lanePrime);
    hash ^= hash >>> laneShift;
  }
  hash = Math.imul(hash, FINISH_1);
  hash = Math.imul(hash ^ (hash >>> 13), FINISH_2);
  return (hash ^ (hash >>> 16)) >>> 0;
}
