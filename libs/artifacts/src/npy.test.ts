import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CorruptDataError, ShapeError } from '@outsider/domain';
import { decodeNpy, encodeNpy } from './npy.ts';

/** Written by tools/oracles/tensor_files.py with numpy. */
function fromNumpy(name: string): Buffer {
  return readFileSync(path.join(import.meta.dirname, '../fixtures', name));
}

const reals = (count: number): number[] => Array.from({ length: count }, (_, i) => i * 0.37 - 1);

describe('decodeNpy', () => {
  it.each([
    ['float32-5.npy', [5], Float32Array.from(reals(5))],
    ['float64-3x4.npy', [3, 4], Float64Array.from(reals(12))],
    ['int32-2x3.npy', [2, 3], Int32Array.of(-3, -2, -1, 0, 1, 2)],
    ['float32-0x4.npy', [0, 4], new Float32Array(0)],
    ['version-2.npy', [2, 2], Float32Array.from(reals(4))],
  ])('reads what numpy wrote: %s', (name, shape, data) => {
    expect(decodeNpy(fromNumpy(name))).toEqual({ shape, data });
  });

  it('reads from any alignment', () => {
    const shifted = Buffer.concat([Buffer.of(1), fromNumpy('float64-3x4.npy')]).subarray(1);
    expect(decodeNpy(shifted).data).toEqual(Float64Array.from(reals(12)));
  });

  it.each([
    ['fortran.npy', 'npy: expected C order'],
    ['int64.npy', 'npy: expected elements of type <f4, <f8 or <i4, got <i8'],
  ])('refuses what it would misread: %s', (name, sentence) => {
    expect(() => decodeNpy(fromNumpy(name))).toThrow(sentence);
  });

  it('refuses every file that ends early, and one that goes on', () => {
    const file = fromNumpy('float32-5.npy');
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeNpy(file.subarray(0, length)), `${length} bytes`).toThrow(CorruptDataError);
    }
    expect(() => decodeNpy(Buffer.concat([file, Buffer.of(0)]))).toThrow('expected 20 bytes for float32 [5], got 21');
  });
});

describe('encodeNpy', () => {
  it.each(['float32-5.npy', 'float64-3x4.npy', 'int32-2x3.npy', 'float32-0x4.npy'])(
    'writes the bytes that numpy writes: %s',
    (name) => {
      const file = fromNumpy(name);
      expect(encodeNpy(decodeNpy(file)).equals(file)).toBe(true);
    },
  );

  it('refuses a shape that does not fit', () => {
    expect(() => encodeNpy({ shape: [2, 2], data: new Float32Array(5) })).toThrow(ShapeError);
  });
});
