import { multiplyTransposed, rowRange, toFloat32, zeros, type Float64Matrix, type Matrix } from '@outsider/linalg';

/**
 * A whitening matrix W in float32, cut into panels of rows. A lower-triangular W has no entries right of its diagonal,
 * so its panels are only as wide as they need to be: half the bytes, and half the work.
 */
export interface Whitener {
  /** Rows of W. */
  readonly rows: number;
  /** One below the other; panel p has shape [rows of the panel, columns that are not all zero]. */
  readonly panels: readonly Matrix[];
}

const panelRows = 256;

/** @param triangular whether all entries right of the diagonal are zero */
export function toWhitener(w: Matrix, triangular: boolean): Whitener {
  if (w.rows === 0) return { rows: 0, panels: [] };
  if (!triangular) return { rows: w.rows, panels: [toFloat32(w)] };
  const panels: Matrix[] = [];
  for (let start = 0; start < w.rows; start += panelRows) {
    const end = Math.min(w.rows, start + panelRows);
    panels.push(toFloat32(leadingColumns(rowRange(w, start, end), end)));
  }
  return { rows: w.rows, panels };
}

/** z · Wᵀ, shape [n, rows of W]. */
export function whiten(z: Float64Matrix, { rows, panels }: Whitener): Float64Matrix {
  const out = zeros(z.rows, rows);
  let offset = 0;
  for (const panel of panels) {
    const product = multiplyTransposed(leadingColumns(z, panel.cols), panel);
    if (panels.length === 1) return product;
    for (let i = 0; i < z.rows; i++) {
      out.data.set(product.data.subarray(i * panel.rows, (i + 1) * panel.rows), i * rows + offset);
    }
    offset += panel.rows;
  }
  return out;
}

function leadingColumns(x: Matrix, cols: number): Float64Matrix {
  if (cols === x.cols && x.data instanceof Float64Array) return { rows: x.rows, cols, data: x.data };
  const out = zeros(x.rows, cols);
  for (let i = 0; i < x.rows; i++) out.data.set(x.data.subarray(i * x.cols, i * x.cols + cols), i * cols);
  return out;
}
