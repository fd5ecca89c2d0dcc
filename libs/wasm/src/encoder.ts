/** Just enough of the WebAssembly binary format to write numeric kernels by hand. https://webassembly.github.io/spec */

export type ValueType = 'i32' | 'f64' | 'v128';

const typeCodes: Record<ValueType, number> = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

export interface WasmFunction {
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Numbered after the parameters. */
  readonly locals: readonly ValueType[];
  /** Instructions, without the closing `end`. */
  readonly body: readonly number[];
}

/** A module of exported functions over one memory, imported as `env.memory`. */
export function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ params, results }) => [
    0x60,
    ...vector(params.map(code)),
    ...vector(results.map(code)),
  ]);
  const memory = [...text('env'), ...text('memory'), 0x02, 0x00, 0x01];
  const exported = functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]);
  const bodies = functions.map(({ locals, body }) => {
    const content = [...vector(locals.map((type) => [0x01, typeCodes[type]])), ...body, 0x0b];
    return [...unsigned(content.length), ...content];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(exported)),
    ...section(10, vector(bodies)),
  ]);
}

export const get = (local: number): number[] => [0x20, ...unsigned(local)];
export const set = (local: number, ...value: readonly number[][]): number[] => [
  ...value.flat(),
  0x21,
  ...unsigned(local),
];
export const integer = (value: number): number[] => [0x41, ...signed(value)];
export const add = (a: number[], b: number[]): number[] => [...a, ...b, 0x6a];
export const subtract = (a: number[], b: number[]): number[] => [...a, ...b, 0x6b];
export const times = (a: number[], b: number[]): number[] => [...a, ...b, 0x6c];

/** Runs `body`, again while the i32 that `condition` leaves is not zero. */
export function doWhile(body: number[], condition: number[]): number[] {
  return [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b];
}

/** Runs `body` when the i32 that `condition` leaves is not zero. */
export function when(condition: number[], body: number[]): number[] {
  return [...condition, 0x04, 0x40, ...body, 0x0b];
}

export const f64 = {
  load: (address: number[], offset = 0): number[] => [...address, 0x2b, 0x03, ...unsigned(offset)],
  store: (address: number[], offset: number, value: number[]): number[] => [
    ...address,
    ...value,
    0x39,
    0x03,
    ...unsigned(offset),
  ],
  add: (a: number[], b: number[]): number[] => [...a, ...b, 0xa0],
};

/** All 128 bits, whatever they hold; `alignment` is the exponent of two that the address is a multiple of. */
const vectorMemory = (alignment: number) => ({
  load: (address: number[], offset = 0): number[] => [...address, ...simd(0x00), alignment, ...unsigned(offset)],
  store: (address: number[], offset: number, value: number[]): number[] => [
    ...address,
    ...value,
    ...simd(0x0b),
    alignment,
    ...unsigned(offset),
  ],
});

/** Two float64 at a time. */
export const f64x2 = {
  ...vectorMemory(3),
  /** One float64 in both lanes. */
  loadSplat: (address: number[], offset = 0): number[] => [...address, ...simd(0x0a), 0x03, ...unsigned(offset)],
  zero: (): number[] => [...simd(0x0c), ...new Array<number>(16).fill(0)],
  splat: (value: number[]): number[] => [...value, ...simd(0x14)],
  negate: (value: number[]): number[] => [...value, ...simd(0xed)],
  lane: (value: number[], lane: 0 | 1): number[] => [...value, ...simd(0x21), lane],
  add: (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xf0)],
  /** Two float32, as float64. */
  loadPromoted: (address: number[], offset = 0): number[] => [
    ...address,
    ...simd(0x5d),
    0x02,
    ...unsigned(offset),
    ...simd(0x5f),
  ],
  /** a · b + c, rounded once where the processor can: relaxed SIMD. */
  multiplyAdd: (a: number[], b: number[], c: number[]): number[] => [...a, ...b, ...c, ...simd(0x107)],
  subtract: (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xf1)],
  multiply: (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xf2)],
};

/** Four int32 at a time. */
export const i32x4 = {
  ...vectorMemory(2),
  splat: (value: number[]): number[] => [...value, ...simd(0x11)],
  xor: (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0x51)],
  multiply: (a: number[], b: number[]): number[] => [...a, ...b, ...simd(0xb5)],
  /** Towards the low end, zeros coming in: >>> of JavaScript. */
  shiftRight: (a: number[], bits: number): number[] => [...a, ...integer(bits), ...simd(0xad)],
};

function simd(opcode: number): number[] {
  return [0xfd, ...unsigned(opcode)];
}

function code(type: ValueType): number[] {
  return [typeCodes[type]];
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  return vector(Array.from(value, (character) => [character.charCodeAt(0)]));
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f;
    if ((rest >> 7 === 0 && !(low & 0x40)) || (rest >> 7 === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}
