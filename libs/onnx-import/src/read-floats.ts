import { elementTypes, type OnnxTensor } from './onnx-model.ts';

/** A constant tensor's numbers, row-major; undefined when they are no floating-point numbers. */
export function readFloats(tensor: OnnxTensor): { readonly shape: number[]; readonly data: Float32Array } | undefined {
  const shape = (tensor.dims ?? []).map(Number);
  const length = shape.reduce((product, dim) => product * dim, 1);
  const data = numbersOf(tensor);
  return data?.length === length ? { shape, data } : undefined;
}

function numbersOf({ dataType, rawData, floatData, doubleData, int32Data }: OnnxTensor): Float32Array | undefined {
  // A copy of its own: the bytes of a file start anywhere, numbers do not.
  const raw = rawData?.length ? new Uint8Array(rawData).buffer : undefined;
  switch (dataType) {
    case elementTypes.float32:
      return raw ? new Float32Array(raw) : Float32Array.from(floatData ?? []);
    case elementTypes.float64:
      return Float32Array.from(raw ? new Float64Array(raw) : (doubleData ?? []));
    case elementTypes.float16:
      return Float32Array.from(raw ? new Uint16Array(raw) : (int32Data ?? []), toFloat);
    default:
      return undefined;
  }
}

/** IEEE 754 half precision, given as its 16 bits. */
function toFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
