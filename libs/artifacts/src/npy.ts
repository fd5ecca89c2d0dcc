import { CorruptDataError } from '@outsider/domain';
import {
  bytesPerElement,
  checkTensor,
  elementsOf,
  elementTypeOf,
  fromLittleEndian,
  toLittleEndian,
  type ElementType,
  type Tensor,
} from './tensor.ts';

const magic = Buffer.from('\x93NUMPY', 'latin1');
const descriptors: Record<ElementType, string> = { float32: '<f4', float64: '<f8', int32: '<i4' };
const alignment = 64;

/**
 * A tensor as the bytes of a `.npy` file, version 1.0, which `numpy.load` reads.
 *
 * @throws {ShapeError} when the shape does not fit the data
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(tensor: Tensor): Buffer {
  checkTensor('npy', tensor);
  const { shape, data } = tensor;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descriptors[elementTypeOf(data)]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const unpadded = magic.length + 4 + dictionary.length + 1;
  const padding = ' '.repeat((alignment - (unpadded % alignment)) % alignment);
  const header = Buffer.from(`${dictionary}${padding}\n`, 'latin1');
  const preamble = Buffer.from([...magic, 1, 0, header.length & 0xff, header.length >> 8]);
  return Buffer.concat([preamble, header, toLittleEndian(data)]);
}

/**
 * The inverse of {@link encodeNpy}, for little-endian float32, float64 and int32 in C order; versions 1 to 3.
 *
 * @throws {CorruptDataError} when the bytes are no such file
 */
export function decodeNpy(bytes: Uint8Array): Tensor {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 10 || !file.subarray(0, 6).equals(magic))
    throw new CorruptDataError('npy: the bytes do not begin as a .npy file');
  const isFirstVersion = file[6] === 1;
  const start = isFirstVersion ? 10 : 12;
  if (file.length < start) throw new CorruptDataError('npy: the file ends within its header');
  const end = start + (isFirstVersion ? file.readUInt16LE(8) : file.readUInt32LE(8));
  if (file.length < end) throw new CorruptDataError('npy: the file ends within its header');

  const { type, shape } = parseHeader(file.toString('latin1', start, end));
  const body = file.subarray(end);
  const expectedBytes = elementsOf('npy', shape) * bytesPerElement(type);
  if (body.length !== expectedBytes) {
    throw new CorruptDataError(
      `npy: expected ${expectedBytes} bytes for ${type} [${shape.join(', ')}], got ${body.length}`,
    );
  }
  return { shape, data: fromLittleEndian(type, body) };
}

function parseHeader(header: string): { type: ElementType; shape: number[] } {
  const descriptor = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const type = (Object.keys(descriptors) as ElementType[]).find((name) => descriptors[name] === descriptor);
  if (!type) throw new CorruptDataError(`npy: expected elements of type <f4, <f8 or <i4, got ${descriptor ?? 'none'}`);
  if (!/'fortran_order':\s*False/.test(header)) throw new CorruptDataError('npy: expected C order');
  const tuple = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (tuple === undefined) throw new CorruptDataError('npy: the header has no shape');
  return {
    type,
    shape: tuple
      .split(',')
      .filter((size) => size.trim() !== '')
      .map(Number),
  };
}
