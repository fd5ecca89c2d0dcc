export {
  add,
  doWhile,
  encodeModule,
  f64,
  f64x2,
  get,
  i32x4,
  integer,
  set,
  subtract,
  times,
  when,
  type ValueType,
  type WasmFunction,
} from './encoder.ts';
export { wasmKernels, type WasmInstance, type WasmMemory } from './kernels.ts';
