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

/** Kernels over a memory of their own. */
export interface WasmInstance<Exports> {
  readonly memory: WasmMemory;
  readonly kernels: Exports;
}

const pageBytes = 65_536;

/**
 * Kernels by the first of `binaries` that this engine takes, compiled at the first call.
 *
 * @param binaries what `encodeModule` wrote; the dearest in instructions first
 * @returns a function that instantiates them over a fresh, zeroed memory of at least `bytes`; it returns undefined
 *   where the engine takes none of them or must not, or has no room for the address space that its memories reserve
 */
export function wasmKernels<Exports>(
  binaries: () => readonly Uint8Array<ArrayBuffer>[],
): (bytes: number) => WasmInstance<Exports> | undefined {
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
  let compiled: { readonly module: object | undefined } | undefined;

  return (bytes) => {
    if (!api) return undefined;
    compiled ??= { module: compile(api, binaries()) };
    const { module } = compiled;
    if (!module) return undefined;
    try {
      // The modules declare one page at least.
      const memory = new api.Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
      const { exports } = new api.Instance(module, { env: { memory } });
      return { memory, kernels: exports as Exports };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

function compile(api: WebAssemblyApi, binaries: readonly Uint8Array<ArrayBuffer>[]): object | undefined {
  for (const binary of binaries) {
    if (!api.validate(binary)) continue;
    try {
      return new api.Module(binary);
    } catch {
      // A page's content security policy may forbid what the engine could do.
      return undefined;
    }
  }
  return undefined;
}
