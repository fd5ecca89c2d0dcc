import { simdModule, type SimdExports } from './simd-module.ts';

/** What we use of the global that every engine with WebAssembly has; the language's own types do not list it. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Memory: new (limits: { initial: number }) => WasmMemory;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: unknown };
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface SimdInstance {
  readonly memory: WasmMemory;
  readonly kernels: SimdExports;
}

let compiled: { readonly api: WebAssemblyApi; readonly module: object } | null | undefined;

/**
 * The kernels over a memory of their own, at least `bytes` large; undefined where there is no WebAssembly SIMD, or no
 * room for the address space that its memories reserve.
 */
export function instantiateSimd(bytes: number): SimdInstance | undefined {
  compiled ??= compile();
  if (!compiled) return undefined;
  const { api, module } = compiled;
  try {
    // The module declares at least one page.
    const memory = new api.Memory({ initial: Math.max(1, Math.ceil(bytes / 65536)) });
    const { exports } = new api.Instance(module, { env: { memory } });
    return { memory, kernels: exports as SimdExports };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function compile(): { readonly api: WebAssemblyApi; readonly module: object } | null {
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
  const bytes = [simdModule(true), simdModule(false)].find((each) => api?.validate(each));
  return api && bytes ? { api, module: new api.Module(bytes) } : null;
}
