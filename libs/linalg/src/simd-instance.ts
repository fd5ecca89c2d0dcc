import { wasmKernels, type WasmInstance } from '@outsider/wasm';
import { simdModule, type SimdExports } from './simd-module.ts';

export type SimdInstance = WasmInstance<SimdExports>;

/** The kernels over a memory of their own, at least `bytes` large; undefined where there are none. */
export const instantiateSimd = wasmKernels<SimdExports>(() => [simdModule(true), simdModule(false)]);
