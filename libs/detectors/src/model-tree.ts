import { CorruptDataError, InvalidArgumentError } from '@outsider/domain';
import { matrix, requireFinite } from '@outsider/linalg';

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

const constructors = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const;

type TypeName = keyof typeof constructors;

/** Where an array lies in a model's body: `offset` bytes from its start. */
export interface ArrayEntry {
  readonly type: TypeName;
  readonly length: number;
  readonly offset: number;
}

/** Stands for the array of that index. No record of a model may have a field of this name. */
const PLACEHOLDER = '$array';
/** Assigning these to a record would change what it is, not what it holds. */
const FORBIDDEN_FIELDS = ['__proto__', 'constructor', 'prototype', PLACEHOLDER];

export function typeNameOf(array: TypedArray): TypeName {
  for (const [name, constructor] of Object.entries(constructors)) {
    if (array instanceof constructor) return name as TypeName;
  }
  throw new InvalidArgumentError('detector model: unknown kind of typed array');
}

/**
 * A model's structure as JSON, its typed arrays moved out into `arrays` and replaced by their index.
 *
 * @throws {InvalidArgumentError} for anything that is not plain data, and numbers that are not finite, naming where
 */
export function toTree(value: unknown, arrays: TypedArray[], path = 'model'): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new InvalidArgumentError(`${path}: expected a finite number, got ${value}`);
    return value;
  }
  if (isTypedArray(value)) {
    // A score of NaN would be neither above nor below a threshold.
    if (value instanceof Float32Array || value instanceof Float64Array)
      requireFinite(matrix(1, value.length, value), path);
    arrays.push(value);
    return { [PLACEHOLDER]: arrays.length - 1 };
  }
  if (Array.isArray(value)) return value.map((item, i) => toTree(item, arrays, `${path}[${i}]`));
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(
      entries.map(([name, field]) => {
        if (FORBIDDEN_FIELDS.includes(name))
          throw new InvalidArgumentError(`${path}: a field may not be called ${name}`);
        return [name, toTree(field, arrays, `${path}.${name}`)];
      }),
    );
  }
  throw new InvalidArgumentError(
    `${path}: expected plain data (numbers, strings, records, typed arrays), got ${typeof value}`,
  );
}

/**
 * The reverse of {@link toTree}.
 *
 * @throws {CorruptDataError} when it names an array that is not there, or a field that could change a prototype
 */
export function fromTree(tree: unknown, arrays: readonly TypedArray[]): unknown {
  if (Array.isArray(tree)) return tree.map((item) => fromTree(item, arrays));
  if (typeof tree !== 'object' || tree === null) return tree;
  const fields = Object.entries(tree);
  if (fields.length === 1 && fields[0][0] === PLACEHOLDER) {
    const array = typeof fields[0][1] === 'number' ? arrays[fields[0][1]] : undefined;
    if (!array) throw new CorruptDataError('detector model: the header names an array that is not in the file');
    return array;
  }
  const forbidden = fields.find(([name]) => FORBIDDEN_FIELDS.includes(name));
  if (forbidden) throw new CorruptDataError(`detector model: a field may not be called ${forbidden[0]}`);
  return Object.fromEntries(fields.map(([name, field]) => [name, fromTree(field, arrays)]));
}

/**
 * @param bodyStart where the body starts in `buffer`, a multiple of 8
 * @throws {CorruptDataError} when the entry does not lie within the body
 */
export function viewArray(
  buffer: ArrayBufferLike,
  bodyStart: number,
  bodyBytes: number,
  entry: ArrayEntry,
): TypedArray {
  const { type, length, offset } = (entry ?? {}) as ArrayEntry;
  const sound =
    Object.hasOwn(constructors, type) &&
    Number.isInteger(length) &&
    Number.isInteger(offset) &&
    length >= 0 &&
    offset >= 0 &&
    offset % 8 === 0;
  if (!sound || offset + length * constructors[type].BYTES_PER_ELEMENT > bodyBytes) {
    throw new CorruptDataError('detector model: the header describes an array outside the file');
  }
  return new constructors[type](buffer as ArrayBuffer, bodyStart + offset, length);
}

function isTypedArray(value: unknown): value is TypedArray {
  return Object.values(constructors).some((constructor) => value instanceof constructor);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
