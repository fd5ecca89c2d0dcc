import { endianness } from 'node:os';
import { InvalidArgumentError, ShapeError } from '@outsider/domain';

const littleEndian = endianness() === 'LE';

/** Float32 little-endian bytes of `values`: how every activation travels and is stored. */
export function encodeFloat32(values: Float32Array): Buffer {
  const bytes = Buffer.from(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return littleEndian ? bytes : bytes.swap32();
}

/**
 * The inverse of {@link encodeFloat32}, as a copy: `bytes` may lie at any offset of a larger message.
 *
 * @returns shape [dimension]
 * @throws {InvalidArgumentError} when `dimension` is not a whole number ≥ 0
 * @throws {ShapeError} when `bytes` does not hold exactly `dimension` numbers
 */
export function decodeFloat32(bytes: Uint8Array, dimension: number, what = 'activation'): Float32Array {
  if (!Number.isInteger(dimension) || dimension < 0) {
    throw new InvalidArgumentError(`${what}: expected a whole dimension ≥ 0, got ${dimension}`);
  }
  if (bytes.byteLength !== dimension * 4) {
    throw new ShapeError(`${what} in bytes`, [dimension * 4], [bytes.byteLength]);
  }
  const copy = new Uint8Array(bytes);
  if (!littleEndian) Buffer.from(copy.buffer).swap32();
  return new Float32Array(copy.buffer);
}
