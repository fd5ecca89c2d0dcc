import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { tinyBackbone } from '../fixtures/tiny-backbone.ts';
import { readOnnxMetadata } from './read-onnx-metadata.ts';

/** Field 14, length-delimited, as protoc encodes `metadata_props { key: "a" value: "é" }`. */
const oneProperty = Uint8Array.from([0x72, 0x07, 0x0a, 0x01, 0x61, 0x12, 0x02, 0xc3, 0xa9]);

describe('readOnnxMetadata', () => {
  it('reads pairs of strings as protoc encodes them', () => {
    expect(readOnnxMetadata(oneProperty)).toEqual({ a: 'é' });
  });

  it('skips every other kind of field', () => {
    const varint = [0x08, 0x96, 0x01];
    const fixed64 = [0x11, 1, 2, 3, 4, 5, 6, 7, 8];
    const fixed32 = [0x1d, 1, 2, 3, 4];
    expect(readOnnxMetadata(Uint8Array.from([...varint, ...fixed64, ...oneProperty, ...fixed32]))).toEqual({ a: 'é' });
  });

  it('reads an exported backbone', () => {
    expect(Object.keys(readOnnxMetadata(tinyBackbone)).sort()).toEqual([
      'outsider.architecture',
      'outsider.classes',
      'outsider.layers',
      'outsider.preprocessing',
    ]);
  });

  it.each([
    ['cut inside a field', oneProperty.subarray(0, 5)],
    ['cut inside a number', Uint8Array.of(0x08, 0x96)],
    ['an unknown wire type', Uint8Array.of(0x0b)],
  ])('refuses bytes that are %s', (_, bytes) => {
    expect(() => readOnnxMetadata(bytes)).toThrow(InvalidArgumentError);
  });
});
