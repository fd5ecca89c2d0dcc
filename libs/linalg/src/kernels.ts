import { portableEngine } from './portable-engine.ts';
import type { Float64Matrix, Matrix } from './matrix.ts';
import { simdEngine } from './simd-engine.ts';
import { tiledProduct, type ProductStructure } from './tiled-product.ts';

/**
 * The matrix products that everything heavy here is made of. A service may replace them by native ones with
 * {@link setKernels}; results must agree with the default within 1e-10 of the largest product of norms.
 */
export interface Kernels {
  readonly name: string;
  /** op(a) · op(b), where op transposes its operand when the flag says so. Shapes are checked by the caller. */
  product(a: Matrix, transposeA: boolean, b: Matrix, transposeB: boolean, structure: ProductStructure): Float64Matrix;
}

/** Plain JavaScript on typed arrays: runs everywhere, about a fifth as fast as the SIMD kernels. */
export const portableKernels: Kernels = {
  name: 'portable',
  product: (a, transposeA, b, transposeB, structure) =>
    tiledProduct(portableEngine(), a, transposeA, b, transposeB, structure),
};

/** WebAssembly SIMD where the engine has it, else {@link portableKernels}. */
export const simdKernels: Kernels = {
  name: 'simd',
  product: (a, transposeA, b, transposeB, structure) =>
    tiledProduct(simdEngine() ?? portableEngine(), a, transposeA, b, transposeB, structure),
};

let current: Kernels = simdKernels;

export function currentKernels(): Kernels {
  return current;
}

/** Replaces the kernels of this process (or of this browser tab) and returns those that were in use before. */
export function setKernels(kernels: Kernels): Kernels {
  const before = current;
  current = kernels;
  return before;
}
