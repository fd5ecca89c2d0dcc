import { endianness } from 'node:os';
import { ShapeError, InvalidArgumentError } from '@outsider/domain';

export type NumericArray = Float32Array | Float64Array | Int32Array;

/** Numbers in row-major order. */
export interface Tensor<Data extends NumericArray = NumericArray> {
  readonly shape: readonly number[];
  readonly data: Data;
}

export type ElementType = 'float32' | 'float64' | 'int32';

const constructors = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
const bigEndian = endianness() === 'BE';

export function elementTypeOf(data: NumericArray): ElementType {
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Float64Array ? 'float64' : 'int32';
}

export function bytesPerElement(type: ElementType): number {
  return constructors[type].BYTES_PER_ELEMENT;
}

/** @throws {ShapeError} when `shape` does not multiply to the number of elements */
export function checkTensor(what: string, { shape, data }: Tensor): void {
  if (elementsOf(what, shape) !== data.length) throw new ShapeError(what, shape, [data.length]);
}

/** @throws {InvalidArgumentError} when a dimension is no whole number ≥ 0, or their product is past 2^53 */
export function elementsOf(what: string, shape: readonly unknown[]): number {
  let elements = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw new InvalidArgumentError(
        `${what}: expected dimensions that are whole numbers ≥ 0, got [${shape.join(', ')}]`,
      );
    }
    elements *= size;
  }
  if (!Number.isSafeInteger(elements)) throw new InvalidArgumentError(`${what}: [${shape.join(', ')}] is too large`);
  return elements;
}

/** Little-endian bytes of the elements; may share memory with `data`. */
export function toLittleEndian(data: NumericArray): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bigEndian ? swapped(Buffer.from(bytes), data.BYTES_PER_ELEMENT) : bytes;
}

/** Elements from little-endian bytes at any offset, as a copy. */
export function fromLittleEndian(type: ElementType, bytes: Uint8Array): NumericArray {
  const copy = new Uint8Array(bytes);
  if (bigEndian) swapped(Buffer.from(copy.buffer), bytesPerElement(type));
  return new constructors[type](copy.buffer);
}

function swapped(bytes: Buffer, width: number): Buffer {
  return width === 8 ? bytes.swap64() : bytes.swap32();
}
