import { add, doWhile, encodeModule, get, i32x4, integer, set, subtract, wasmKernels } from '@outsider/wasm';

/** Words that are read at a time, each into a lane of its own. */
export const laneCount = 32;
/** Bytes that are copied to where the lanes read them: they stay in the cache. */
const blockBytes = 1 << 17;

/** Multiplier of the lanes; odd, so that multiplying can be undone. xxHash's PRIME32_1. */
export const lanePrime = 0x9e3779b1;
/** A product's high bits go back to its low ones: x ^ (x >>> laneShift). */
export const laneShift = 15;

/** The inner loop of the checksum: in each lane, for word after word, lane ← mix((lane ⊕ word) · prime). */
export interface ChecksumLanes {
  /** What is read next; holds a whole number of steps. */
  readonly block: Uint8Array;
  /** Shape [laneCount]. */
  readonly lanes: Int32Array;
  /** Reads `steps` times `laneCount` words of the block. */
  read(steps: number): void;
}

interface LaneExports {
  read(block: number, steps: number, lanes: number): void;
}

/** At four lanes an instruction, where the engine can; 82 MB then cost little more than reading them once. */
export function simdChecksumLanes(): ChecksumLanes | undefined {
  const instance = instantiate(blockBytes + 4 * laneCount);
  if (!instance) return undefined;
  const { memory, kernels } = instance;
  return {
    block: new Uint8Array(memory.buffer, 0, blockBytes),
    lanes: new Int32Array(memory.buffer, blockBytes, laneCount),
    read: (steps) => kernels.read(0, steps, blockBytes),
  };
}

/** The same in plain JavaScript. */
export function portableChecksumLanes(): ChecksumLanes {
  const buffer = new ArrayBuffer(blockBytes);
  const words = new Int32Array(buffer);
  const lanes = new Int32Array(laneCount);
  return {
    block: new Uint8Array(buffer),
    lanes,
    read(steps) {
      for (let i = 0; i < steps * laneCount; i++) {
        const product = Math.imul(lanes[i % laneCount] ^ words[i], lanePrime);
        lanes[i % laneCount] = product ^ (product >>> laneShift);
      }
    },
  };
}

const instantiate = wasmKernels<LaneExports>(() => {
  const [block, steps, lanes, prime] = [0, 1, 2, 3];
  const vectors = Array.from({ length: laneCount / 4 }, (_, i) => ({ local: 4 + i, offset: 16 * i }));
  const step = [
    ...vectors.flatMap(({ local, offset }) => [
      ...set(local, i32x4.multiply(i32x4.xor(get(local), i32x4.load(get(block), offset)), get(prime))),
      ...set(local, i32x4.xor(get(local), i32x4.shiftRight(get(local), laneShift))),
    ]),
    ...set(block, add(get(block), integer(4 * laneCount))),
    ...set(steps, subtract(get(steps), integer(1))),
  ];
  const read = {
    name: 'read',
    params: ['i32', 'i32', 'i32'] as const,
    results: [],
    locals: new Array<'v128'>(1 + vectors.length).fill('v128'),
    body: [
      ...set(prime, i32x4.splat(integer(lanePrime | 0))),
      ...vectors.flatMap(({ local, offset }) => set(local, i32x4.load(get(lanes), offset))),
      ...doWhile(step, get(steps)),
      ...vectors.flatMap(({ local, offset }) => i32x4.store(get(lanes), offset, get(local))),
    ],
  };
  return [encodeModule([read])];
});
