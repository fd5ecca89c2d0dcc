import { InvalidArgumentError } from '@outsider/domain';

/**
 * The `metadata_props` of an ONNX file, which ONNX Runtime's Node binding does not show.
 *
 * Reads the outermost protobuf message alone (field 14 of ModelProto, pairs of strings) and skips the rest, so it takes
 * no time even for large networks.
 *
 * @throws {InvalidArgumentError} when the bytes are no protobuf message
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function readOnnxMetadata(bytes: Uint8Array): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  for (const { field, value } of readFields(bytes)) {
    if (field !== 14 || !value) continue;
    const texts = new Map([...readFields(value)].map((part) => [part.field, new TextDecoder().decode(part.value)]));
    metadata[texts.get(1) ?? ''] = texts.get(2) ?? '';
  }
  return metadata;
}

interface Field {
  readonly field: number;
  /** Present for strings, bytes and nested messages. */
  readonly value?: Uint8Array;
}

/** Wire types: 0 variable-length integer, 1 eight bytes, 2 length and bytes, 5 four bytes. */
function* readFields(bytes: Uint8Array): Generator<Field> {
  let offset = 0;
  function readVarint(): number {
    // Multiplied, not shifted: lengths may pass 2³¹.
    let value = 0;
    for (let factor = 1; offset < bytes.length && factor <= 2 ** 63; factor *= 128) {
      const byte = bytes[offset++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw notOnnx();
  }
  while (offset < bytes.length) {
    const key = readVarint();
    const field = Math.floor(key / 8);
    const wireType = key % 8;
    if (wireType === 0) {
      readVarint();
      yield { field };
    } else if (wireType === 1 || wireType === 5) {
      offset += wireType === 1 ? 8 : 4;
      yield { field };
    } else if (wireType === 2) {
      const end = readVarint() + offset;
      if (end > bytes.length) throw notOnnx();
      yield { field, value: bytes.subarray(offset, end) };
      offset = end;
    } else {
      throw notOnnx();
    }
  }
  if (offset > bytes.length) throw notOnnx();
}

function notOnnx(): InvalidArgumentError {
  return new InvalidArgumentError('these bytes are not an ONNX file (a truncated one, perhaps)');
}
