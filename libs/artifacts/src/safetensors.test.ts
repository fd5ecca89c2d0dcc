import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CorruptDataError, InvalidArgumentError, ShapeError } from '@outsider/domain';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** Written by tools/oracles/tensor_files.py with safetensors 0.8. */
const file = readFileSync(path.join(import.meta.dirname, '../fixtures/head.safetensors'));
const reals = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i * 0.37 - 1);
const content = {
  tensors: {
    'relevant.kernel': { shape: [3, 2], data: reals(6) },
    bias: { shape: [2], data: reals(2) },
    'a.steps': { shape: [4], data: Int32Array.of(-3, -2, -1, 0) },
    mean: { shape: [2], data: Float64Array.of(-1, 0.37 - 1) },
    '10': { shape: [1], data: reals(1) },
  },
  metadata: { format: 'outsider.head' },
};

/** A file with this header, however wrong, and so many bytes behind it. */
function fileOf(header: unknown, bytes: number): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(bytes)]);
}

describe('decodeSafetensors', () => {
  it('reads what the Python package wrote', () => {
    const { tensors, metadata } = decodeSafetensors(file);
    expect({ ...tensors }).toEqual(content.tensors);
    expect(metadata).toEqual(content.metadata);
  });

  it('refuses every file that ends early, and one that goes on', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length)), `${length} bytes`).toThrow(CorruptDataError);
    }
    expect(() => decodeSafetensors(Buffer.concat([file, Buffer.of(0)]))).toThrow(
      '1 bytes at the end belong to no tensor',
    );
  });

  it.each([
    ['a hole', { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 'expected from 0'],
    [
      'an overlap',
      { a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] }, b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } },
      'tensor "b"',
    ],
    ['a shape that does not fit', { a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, 'which are not F32 [3]'],
    ['another type', { a: { dtype: 'BF16', shape: [4], data_offsets: [0, 8] } }, 'elements of type BF16'],
    [
      'a negative offset',
      { a: { dtype: 'F32', shape: [2], data_offsets: [-8, 0] } },
      'no dtype, shape and data_offsets',
    ],
    ['no offsets', { a: { dtype: 'F32', shape: [2] } }, 'no dtype, shape and data_offsets'],
    ['no object', [1], 'not a JSON object'],
  ])('refuses %s', (_, header, sentence) => {
    const decode = () => decodeSafetensors(fileOf(header, 8));
    expect(decode).toThrow(CorruptDataError);
    expect(decode).toThrow(sentence);
  });

  it('refuses a header that claims more than there is', () => {
    const claim = Buffer.alloc(16, 0xff);
    expect(() => decodeSafetensors(claim)).toThrow('the file ends within its header');
  });
});

describe('encodeSafetensors', () => {
  it('writes the bytes that the Python package writes, in whatever order the tensors come', () => {
    const reversed = Object.fromEntries(Object.entries(content.tensors).reverse());
    expect(encodeSafetensors(content).toString('latin1')).toBe(file.toString('latin1'));
    expect(encodeSafetensors({ tensors: reversed, metadata: content.metadata }).equals(file)).toBe(true);
  });

  it('refuses a shape that does not fit, and the name that the format keeps for itself', () => {
    expect(() => encodeSafetensors({ tensors: { a: { shape: [3], data: new Float32Array(2) } } })).toThrow(ShapeError);
    expect(() => encodeSafetensors({ tensors: { __metadata__: { shape: [1], data: new Float32Array(1) } } })).toThrow(
      InvalidArgumentError,
    );
  });
});
