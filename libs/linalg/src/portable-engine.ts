import { blockCols, blockDepth, blockRows, tile, type TileEngine } from './tiled-product.ts';

let engine: TileEngine | undefined;

/** The {@link TileEngine} in plain JavaScript: sixteen sums at a time, which V8 keeps in registers for the most part. */
export function portableEngine(): TileEngine {
  if (engine) return engine;
  const a = new Float64Array(blockRows * blockDepth);
  const b = new Float64Array(blockCols * blockDepth);
  const c = new Float64Array(blockRows * blockCols);

  function multiply(rowPanels: number, colPanels: number, depth: number): void {
    for (let p = 0; p < rowPanels; p++) {
      for (let q = 0; q < colPanels; q++) {
        multiplyTile(p * tile * depth, q * tile * depth, depth, (p * colPanels + q) * tile * tile);
      }
    }
  }

  function multiplyTile(fromA: number, fromB: number, depth: number, to: number): void {
    let c00 = 0, c01 = 0, c02 = 0, c03 = 0; // prettier-ignore
    let c10 = 0, c11 = 0, c12 = 0, c13 = 0; // prettier-ignore
    let c20 = 0, c21 = 0, c22 = 0, c23 = 0; // prettier-ignore
    let c30 = 0, c31 = 0, c32 = 0, c33 = 0; // prettier-ignore
    for (let k = 0, i = fromA, j = fromB; k < depth; k++, i += 4, j += 4) {
      const b0 = b[j];
      const b1 = b[j + 1];
      const b2 = b[j + 2];
      const b3 = b[j + 3];
      const a0 = a[i];
      c00 += a0 * b0;
      c01 += a0 * b1;
      c02 += a0 * b2;
      c03 += a0 * b3;
      const a1 = a[i + 1];
      c10 += a1 * b0;
      c11 += a1 * b1;
      c12 += a1 * b2;
      c13 += a1 * b3;
      const a2 = a[i + 2];
      c20 += a2 * b0;
      c21 += a2 * b1;
      c22 += a2 * b2;
      c23 += a2 * b3;
      const a3 = a[i + 3];
      c30 += a3 * b0;
      c31 += a3 * b1;
      c32 += a3 * b2;
      c33 += a3 * b3;
    }
    c[to] = c00;
    c[to + 1] = c01;
    c[to + 2] = c02;
    c[to + 3] = c03;
    c[to + 4] = c10;
    c[to + 5] = c11;
    c[to + 6] = c12;
    c[to + 7] = c13;
    c[to + 8] = c20;
    c[to + 9] = c21;
    c[to + 10] = c22;
    c[to + 11] = c23;
    c[to + 12] = c30;
    c[to + 13] = c31;
    c[to + 14] = c32;
    c[to + 15] = c33;
  }

  engine = { a, b, c, multiply };
  return engine;
}
