import { describe, expect, it, vi } from 'vitest';
import { encodeModule, f64, get } from './encoder.ts';
import { wasmKernels } from './kernels.ts';

interface Doubler {
  double(address: number): void;
}

const doubler = encodeModule([
  {
    name: 'double',
    params: ['i32'],
    results: [],
    locals: [],
    body: f64.store(get(0), 0, f64.add(f64.load(get(0)), f64.load(get(0)))),
  },
]);
const nonsense = Uint8Array.of(0, 1, 2, 3);

describe('wasmKernels', () => {
  it('works on the memory that it gives', () => {
    const instance = wasmKernels<Doubler>(() => [doubler])(100);
    const numbers = new Float64Array(instance!.memory.buffer);
    numbers[3] = 21;
    instance!.kernels.double(24);
    expect([...numbers.subarray(2, 5)]).toEqual([0, 42, 0]);
  });

  it('gives a memory of at least the size asked for', () => {
    const instantiate = wasmKernels<Doubler>(() => [doubler]);
    expect([0, 100_000].map((bytes) => instantiate(bytes)?.memory.buffer.byteLength)).toEqual([65_536, 131_072]);
  });

  it('takes the first binary that the engine understands, and says when there is none', () => {
    expect(wasmKernels<Doubler>(() => [nonsense, doubler])(1)?.kernels.double).toBeTypeOf('function');
    const asked = vi.fn(() => [nonsense]);
    const none = wasmKernels<Doubler>(asked);
    expect([none(1), none(1)]).toEqual([undefined, undefined]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('says so where compiling is forbidden', () => {
    const { WebAssembly: api } = globalThis as unknown as { WebAssembly: { Module: new () => object } };
    const forbidden = vi.spyOn(api, 'Module').mockImplementation(() => {
      throw new Error('refused by the content security policy');
    });
    expect(wasmKernels<Doubler>(() => [doubler])(1)).toBeUndefined();
    forbidden.mockRestore();
  });

  it('says when a memory is too large', () => {
    expect(wasmKernels<Doubler>(() => [doubler])(2 ** 40)).toBeUndefined();
  });
});
