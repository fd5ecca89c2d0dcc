import { zeros, type Float64Matrix, type Matrix } from './matrix.ts';

/** Rows of `op(a)` and columns of `op(b)` in one register tile. */
export const tile = 4;
/** Rows, columns and depth of one cache block: `a` 256 KiB, `b` 512 KiB in float64. */
export const blockRows = 128;
export const blockCols = 256;
export const blockDepth = 256;

/**
 * Multiplies one pair of packed blocks. Panel p of `a` holds `tile` rows interleaved, element (r, k) at
 * `p * tile * depth + k * tile + r`; `b` likewise holds columns. The product's tile (p, q) goes, row by row, to
 * `c[(p * colPanels + q) * tile²]`. `depth` is a multiple of `tile`; what is padded is zero.
 */
export interface TileEngine {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  multiply(rowPanels: number, colPanels: number, depth: number): void;
}

/** What is known of a product: of a `symmetric` one, which equals its transpose, only half is computed. */
export type ProductStructure = 'general' | 'symmetric';

/**
 * op(a) · op(b) by packing cache-sized blocks for a {@link TileEngine} and summing blocks along the depth in float64.
 *
 * @see Goto and van de Geijn 2008, Anatomy of high-performance matrix multiplication, doi:10.1145/1356052.1356053
 */
export function tiledProduct(
  engine: TileEngine,
  a: Matrix,
  transposeA: boolean,
  b: Matrix,
  transposeB: boolean,
  structure: ProductStructure,
): Float64Matrix {
  const n = transposeA ? a.cols : a.rows;
  const m = transposeB ? b.rows : b.cols;
  const depth = transposeA ? a.rows : a.cols;
  const out = zeros(n, m);
  const packA = transposeA ? packColumns : packRows;
  const packB = transposeB ? packRows : packColumns;

  for (let j0 = 0; j0 < m; j0 += blockCols) {
    const cols = Math.min(blockCols, m - j0);
    for (let k0 = 0; k0 < depth; k0 += blockDepth) {
      const ks = Math.min(blockDepth, depth - k0);
      const padded = Math.ceil(ks / tile) * tile;
      packB(b, j0, cols, k0, ks, padded, engine.b);
      const firstRow = structure === 'symmetric' ? Math.floor(j0 / blockRows) * blockRows : 0;
      for (let i0 = firstRow; i0 < n; i0 += blockRows) {
        const rows = Math.min(blockRows, n - i0);
        packA(a, i0, rows, k0, ks, padded, engine.a);
        engine.multiply(Math.ceil(rows / tile), Math.ceil(cols / tile), padded);
        addTiles(engine.c, rows, cols, out, i0, j0);
      }
    }
  }
  if (structure === 'symmetric') mirrorLowerTriangle(out);
  return out;
}

/** Rows i0 … i0 + count of `x`, columns k0 … k0 + depth, into panels of depth `padded`; the rest is zero. */
function packRows(
  x: Matrix,
  i0: number,
  count: number,
  k0: number,
  depth: number,
  padded: number,
  panels: Float64Array,
): void {
  const { data, cols } = x;
  const end = Math.ceil(count / tile) * tile;
  if (count < end || depth < padded) panels.fill(0, 0, end * padded);
  for (let r = 0; r < count; r++) {
    const base = (r - (r % tile)) * padded + (r % tile);
    const from = (i0 + r) * cols + k0;
    for (let k = 0; k < depth; k++) panels[base + k * tile] = data[from + k];
  }
}

/** Columns i0 … i0 + count of `x`, rows k0 … k0 + depth, into panels of depth `padded`; the rest is zero. */
function packColumns(
  x: Matrix,
  i0: number,
  count: number,
  k0: number,
  depth: number,
  padded: number,
  panels: Float64Array,
): void {
  const { data, cols } = x;
  const end = Math.ceil(count / tile) * tile;
  if (count < end || depth < padded) panels.fill(0, 0, end * padded);
  const whole = count - (count % tile);
  for (let k = 0; k < depth; k++) {
    const from = (k0 + k) * cols + i0;
    let to = k * tile;
    for (let r = 0; r < whole; r += tile, to += tile * padded) {
      panels[to] = data[from + r];
      panels[to + 1] = data[from + r + 1];
      panels[to + 2] = data[from + r + 2];
      panels[to + 3] = data[from + r + 3];
    }
    for (let r = whole; r < count; r++) panels[to + r - whole] = data[from + r];
  }
}

function addTiles(c: Float64Array, rows: number, cols: number, out: Float64Matrix, i0: number, j0: number): void {
  const colPanels = Math.ceil(cols / tile);
  const sums = out.data;
  for (let i = 0; i < rows; i++) {
    const from = Math.floor(i / tile) * colPanels * tile * tile + (i % tile) * tile;
    const to = (i0 + i) * out.cols + j0;
    const whole = cols - (cols % tile);
    let at = from;
    for (let j = to; j < to + whole; j += tile, at += tile * tile) {
      sums[j] += c[at];
      sums[j + 1] += c[at + 1];
      sums[j + 2] += c[at + 2];
      sums[j + 3] += c[at + 3];
    }
    for (let j = whole; j < cols; j++) sums[to + j] += c[at + j - whole];
  }
}

function mirrorLowerTriangle(x: Float64Matrix): void {
  const { data, cols: n } = x;
  for (let i0 = 0; i0 < n; i0 += 32) {
    for (let j0 = 0; j0 <= i0; j0 += 32) {
      const i1 = Math.min(n, i0 + 32);
      for (let i = i0; i < i1; i++) {
        const j1 = Math.min(i, j0 + 32);
        for (let j = j0; j < j1; j++) data[j * n + i] = data[i * n + j];
      }
    }
  }
}
