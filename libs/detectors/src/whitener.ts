import {
  invertDiagonalBlock,
  multiplyTransposed,
  toFloat32,
  zeros,
  type Float64Matrix,
  type Matrix,
} from '@outsider/linalg';

/**
 * A whitening matrix W in float32: W itself, or the triangular L with W = L⁻¹, cut into panels of rows.
 *
 * Panel p of L is kept as what lies left of its diagonal block, and that block's inverse: without the zeros, half the
 * bytes and half the work, and solving is as many products as multiplying with L⁻¹ would be.
 */
export interface Whitener {
  /** Rows of W. */
  readonly rows: number;
  /** One below the other; those of L have shape [rows of the panel, rows above it], the first no columns. */
  readonly panels: readonly Matrix[];
  /** The inverses of L's diagonal blocks, one a panel; none where the panels are W. */
  readonly diagonals: readonly Matrix[];
}

const panelRows = 256;

export function noWhitener(): Whitener {
  return { rows: 0, panels: [], diagonals: [] };
}

/** Of W, shape [rows, d]. */
export function toWhitener(w: Matrix): Whitener {
  return w.rows === 0 ? noWhitener() : { rows: w.rows, panels: [toFloat32(w)], diagonals: [] };
}

/** Of W = L⁻¹ for a lower-triangular L, shape [d, d]. */
export function solvingWhitener(l: Matrix): Whitener {
  const panels: Matrix[] = [];
  const diagonals: Matrix[] = [];
  for (let start = 0; start < l.rows; start += panelRows) {
    const end = Math.min(l.rows, start + panelRows);
    panels.push(toFloat32(columnsOf(l, start, end, 0, start)));
    diagonals.push(toFloat32(invertDiagonalBlock(l, start, end)));
  }
  return { rows: l.rows, panels, diagonals };
}

/** z · Wᵀ, shape [n, rows of W]. */
export function whiten(z: Float64Matrix, { rows, panels, diagonals }: Whitener): Float64Matrix {
  if (rows === 0) return zeros(z.rows, 0);
  if (diagonals.length === 0) return multiplyTransposed(z, panels[0]);
  const white = zeros(z.rows, rows);
  let start = 0;
  for (const [p, panel] of panels.entries()) {
    const end = start + panel.rows;
    const rest = columnsOf(z, 0, z.rows, start, end);
    if (start > 0) {
      const explained = multiplyTransposed(columnsOf(white, 0, z.rows, 0, start), panel);
      for (let at = 0; at < rest.data.length; at++) rest.data[at] -= explained.data[at];
    }
    const solved = multiplyTransposed(rest, diagonals[p]);
    for (let i = 0; i < z.rows; i++) {
      white.data.set(solved.data.subarray(i * panel.rows, (i + 1) * panel.rows), i * rows + start);
    }
    start = end;
  }
  return white;
}

function columnsOf(x: Matrix, fromRow: number, toRow: number, fromCol: number, toCol: number): Float64Matrix {
  const out = zeros(toRow - fromRow, toCol - fromCol);
  for (let i = fromRow; i < toRow; i++) {
    out.data.set(x.data.subarray(i * x.cols + fromCol, i * x.cols + toCol), (i - fromRow) * out.cols);
  }
  return out;
}
