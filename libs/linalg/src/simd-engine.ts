import { instantiateSimd } from './simd-instance.ts';
import { blockCols, blockDepth, blockRows, type TileEngine } from './tiled-product.ts';

let engine: TileEngine | null | undefined;

/** The {@link TileEngine} in WebAssembly SIMD; undefined where there is none. */
export function simdEngine(): TileEngine | undefined {
  if (engine === undefined) engine = createEngine();
  return engine ?? undefined;
}

function createEngine(): TileEngine | null {
  const sizes = [blockRows * blockDepth, blockCols * blockDepth, blockRows * blockCols];
  const instance = instantiateSimd(8 * (sizes[0] + sizes[1] + sizes[2]));
  if (!instance) return null;
  const { memory, kernels } = instance;
  const b = 8 * sizes[0];
  const c = b + 8 * sizes[1];
  return {
    a: new Float64Array(memory.buffer, 0, sizes[0]),
    b: new Float64Array(memory.buffer, b, sizes[1]),
    c: new Float64Array(memory.buffer, c, sizes[2]),
    multiply: (rowPanels, colPanels, depth) => kernels.multiplyTiles(rowPanels, colPanels, depth, 0, b, c),
  };
}
