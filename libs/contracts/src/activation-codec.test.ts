import { describe, expect, it } from 'vitest';
import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import { decodeFloat32, encodeFloat32 } from './activation-codec.ts';

describe('encodeFloat32', () => {
  it('writes each number as DataView does, low byte first', () => {
    const values = Float32Array.of(0, -0, 1.5, -3.25e-20, NaN, Infinity, 1e-45, 16777217);
    const expected = Buffer.alloc(values.length * 4);
    values.forEach((value, i) => expected.writeFloatLE(value, i * 4));
    expect(encodeFloat32(values).equals(expected)).toBe(true);
  });

  it('takes the part of a buffer that the array shows, as a copy', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const bytes = encodeFloat32(values.subarray(1, 3));
    values[1] = 99;
    expect([...decodeFloat32(bytes, 2)]).toEqual([2, 3]);
  });
});

describe('decodeFloat32', () => {
  it('reads from every alignment', () => {
    const encoded = encodeFloat32(Float32Array.of(7.5, -2));
    for (let offset = 0; offset < 4; offset++) {
      const message = Buffer.concat([Buffer.alloc(offset, 0xff), encoded]);
      expect([...decodeFloat32(message.subarray(offset), 2)]).toEqual([7.5, -2]);
    }
  });

  it('refuses another length than the dimension asks for', () => {
    expect(() => decodeFloat32(Buffer.alloc(9), 2)).toThrow(ShapeError);
    expect(() => decodeFloat32(Buffer.alloc(8), 3)).toThrow('expected shape [12], got [8]');
    expect(() => decodeFloat32(Buffer.alloc(0), -1)).toThrow(InvalidArgumentError);
  });
});
