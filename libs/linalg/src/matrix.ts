import { InvalidArgumentError, ShapeError } from '@outsider/domain';

/**
 * A dense row-major matrix: element (i, j) is `data[i * cols + j]`.
 *
 * Activations come as float32, sums and factors are kept in float64; both are a `Matrix`.
 */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array | Float64Array;
}

/** A {@link Matrix} in float64: what every product and factorisation returns. */
export interface Float64Matrix extends Matrix {
  readonly data: Float64Array;
}

/** @throws {ShapeError} when `data` does not hold rows × cols numbers */
export function matrix(rows: number, cols: number, data: Float32Array | Float64Array): Matrix {
  if (data.length !== rows * cols) throw new ShapeError('matrix', [rows, cols], [data.length]);
  return { rows, cols, data };
}

export function zeros(rows: number, cols: number): Float64Matrix {
  return { rows, cols, data: new Float64Array(rows * cols) };
}

/** A float64 matrix of nested arrays, for small literals. @throws {ShapeError} when the rows differ in length */
export function fromRows(values: readonly (readonly number[])[]): Float64Matrix {
  const cols = values[0]?.length ?? 0;
  for (const value of values) if (value.length !== cols) throw new ShapeError('row', [cols], [value.length]);
  return { rows: values.length, cols, data: Float64Array.from(values.flat()) };
}

/** Row i as a view, not a copy. */
export function row(x: Matrix, i: number): Float32Array | Float64Array {
  return x.data.subarray(i * x.cols, (i + 1) * x.cols);
}

/** Rows from `start` up to, not including, `end`, as a view, not a copy. */
export function rowRange(x: Matrix, start: number, end: number): Matrix {
  return { rows: end - start, cols: x.cols, data: x.data.subarray(start * x.cols, end * x.cols) };
}

/** The rows at `indices`, copied, in that order. */
export function selectRows(x: Matrix, indices: ArrayLike<number>): Matrix {
  const size = indices.length * x.cols;
  const data = x.data instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  for (let to = 0; to < indices.length; to++) data.set(row(x, indices[to]), to * x.cols);
  return { rows: indices.length, cols: x.cols, data };
}

/** All rows of `parts` below each other, copied; float32 when every part is. */
export function stackRows(parts: readonly Matrix[]): Matrix {
  const cols = parts[0]?.cols ?? 0;
  let rows = 0;
  for (const part of parts) {
    if (part.cols !== cols) throw new ShapeError('matrix to stack', ['rows', cols], [part.rows, part.cols]);
    rows += part.rows;
  }
  const narrow = parts.length > 0 && parts.every((part) => part.data instanceof Float32Array);
  const data = narrow ? new Float32Array(rows * cols) : new Float64Array(rows * cols);
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { rows, cols, data };
}

export function transpose(x: Matrix): Float64Matrix {
  const { rows, cols, data } = x;
  const out = zeros(cols, rows);
  // Square tiles, so that neither side strides through the whole memory.
  for (let i0 = 0; i0 < rows; i0 += 32) {
    for (let j0 = 0; j0 < cols; j0 += 32) {
      const i1 = Math.min(rows, i0 + 32);
      const j1 = Math.min(cols, j0 + 32);
      for (let i = i0; i < i1; i++) for (let j = j0; j < j1; j++) out.data[j * rows + i] = data[i * cols + j];
    }
  }
  return out;
}

/** float32 copy, for what is stored: half the bytes of the float64 it was computed in. */
export function toFloat32(x: Matrix): Matrix {
  return { rows: x.rows, cols: x.cols, data: Float32Array.from(x.data) };
}

/** @throws {InvalidArgumentError} naming the first row that holds NaN or an infinity */
export function requireFinite({ data, cols }: Matrix, what: string): void {
  // 0 · x is 0 for every finite x and NaN for the rest: one sum tells whether there is anything to look for.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i];
  if (sum === 0) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  throw new InvalidArgumentError(`${what}: expected finite numbers, got ${data[at]} in row ${Math.floor(at / cols)}`);
}
