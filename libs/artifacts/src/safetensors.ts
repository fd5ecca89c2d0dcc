import { CorruptDataError, InvalidArgumentError } from '@outsider/domain';
import {
  bytesPerElement,
  checkTensor,
  elementsOf,
  elementTypeOf,
  fromLittleEndian,
  toLittleEndian,
  type ElementType,
  type NumericArray,
  type Tensor,
} from './tensor.ts';

export interface Safetensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Free text by key; empty when the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const types: Record<string, ElementType> = { F32: 'float32', F64: 'float64', I32: 'int32' };
const names: Record<ElementType, string> = { float32: 'F32', float64: 'F64', int32: 'I32' };
const metadataKey = '__metadata__';
const maxHeaderBytes = 100_000_000;

/**
 * Named tensors as the bytes of a `.safetensors` file. Equal content gives equal bytes, in whatever order it is given:
 * wider elements come first, so that all are aligned, then names in order.
 *
 * @throws {ShapeError} when a shape does not fit its data
 * @see https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors({
  tensors,
  metadata = {},
}: {
  tensors: Safetensors['tensors'];
  metadata?: Safetensors['metadata'];
}): Buffer {
  const sorted = Object.entries(tensors).sort(
    ([nameA, a], [nameB, b]) => rank(a.data) - rank(b.data) || (nameA < nameB ? -1 : 1),
  );
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0)
    header.push([metadataKey, Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)))]);
  let offset = 0;
  for (const [name, tensor] of sorted) {
    if (name === metadataKey) throw new InvalidArgumentError(`safetensors: no tensor may be called ${metadataKey}`);
    checkTensor(`tensor "${name}"`, tensor);
    const end = offset + tensor.data.byteLength;
    header.push([name, { dtype: names[elementTypeOf(tensor.data)], shape: tensor.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // Not JSON of an object: that would move names that look like numbers to the front.
  const json = `{${header.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
  const text = Buffer.from(json, 'utf8');
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...sorted.map(([, { data }]) => toLittleEndian(data))]);
}

/**
 * The inverse of {@link encodeSafetensors}, for F32, F64 and I32.
 *
 * @throws {CorruptDataError} when the bytes are no such file: offsets must cover the data without holes or overlaps
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 8) throw corrupt('shorter than its header length');
  const headerBytes = file.readBigUInt64LE(0);
  if (headerBytes > maxHeaderBytes || Number(headerBytes) > file.length - 8)
    throw corrupt('the file ends within its header');
  const body = file.subarray(8 + Number(headerBytes));
  const { [metadataKey]: metadata = {}, ...entries } = parseHeader(file.toString('utf8', 8, 8 + Number(headerBytes)));

  const tensors: Record<string, Tensor> = Object.create(null) as Record<string, Tensor>;
  const placed = Object.entries(entries).map(([name, entry]) => ({ name, entry: parseEntry(name, entry) }));
  placed.sort(
    (a, b) => a.entry.data_offsets[0] - b.entry.data_offsets[0] || a.entry.data_offsets[1] - b.entry.data_offsets[1],
  );
  let covered = 0;
  for (const { name, entry } of placed) {
    const type = types[entry.dtype];
    if (!type) throw corrupt(`tensor "${name}" has elements of type ${entry.dtype}; expected F32, F64 or I32`);
    const [from, to] = entry.data_offsets;
    if (from !== covered || to > body.length)
      throw corrupt(`tensor "${name}" lies at ${from}…${to}, expected from ${covered} to at most ${body.length}`);
    if (to - from !== elementsOf(name, entry.shape) * bytesPerElement(type)) {
      throw corrupt(
        `tensor "${name}" has ${to - from} bytes, which are not ${entry.dtype} [${entry.shape.join(', ')}]`,
      );
    }
    tensors[name] = { shape: entry.shape, data: fromLittleEndian(type, body.subarray(from, to)) };
    covered = to;
  }
  if (covered !== body.length) throw corrupt(`${body.length - covered} bytes at the end belong to no tensor`);
  return { tensors, metadata: metadata as Record<string, string> };
}

/** As the reference implementation orders them. */
function rank(data: NumericArray): number {
  return ['float64', 'float32', 'int32'].indexOf(elementTypeOf(data));
}

function parseHeader(json: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(json);
    if (json.startsWith('{') && header !== null && typeof header === 'object') return header as Record<string, unknown>;
  } catch {
    // said below
  }
  throw corrupt('the header is not a JSON object');
}

function parseEntry(name: string, entry: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
  const good =
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every((o) => Number.isSafeInteger(o) && o >= 0);
  if (!good) throw corrupt(`tensor "${name}" has no dtype, shape and data_offsets`);
  return { dtype, shape: shape as number[], data_offsets: offsets as unknown as [number, number] };
}

function corrupt(why: string): CorruptDataError {
  return new CorruptDataError(`safetensors: ${why}`);
}
