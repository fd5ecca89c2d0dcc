import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { migrationAdapterFactory } from './migration-adapter.ts';
import { readSchema } from './migration-files.ts';

/** Where the engine leaves the message of a panic; it looks for this name. */
const panics = { message: '', set_message: (message: string) => void (panics.message = message) };

/** As far as it is used here; the compiler's libraries for Node do not declare it. */
const webAssembly = (
  globalThis as unknown as {
    WebAssembly: {
      instantiate(
        source: Uint8Array,
        imports: object,
      ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
    };
  }
).WebAssembly;

let loaded: Promise<void> | undefined;

/** Prisma's own schema engine, as WebAssembly: nothing is downloaded. */
async function loadEngine(): Promise<void> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  const folder = path.dirname(fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')));
  const source = readFileSync(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await webAssembly.instantiate(source, { './schema_engine_bg.js': bindings });
  (bindings as unknown as { __wbg_set_wasm(exports: unknown): void }).__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** Runs `use` with an engine for the database at `url` and our schema, and leaves no shadow database behind. */
export async function withSchemaEngine<T>(url: string, use: (engine: bindings.SchemaEngine) => Promise<T>): Promise<T> {
  await (loaded ??= loadEngine());
  const factory = migrationAdapterFactory(url);
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  const datamodels = readSchema().map(({ path, content }): [string, string] => [path, content]);
  let engine: bindings.SchemaEngine | undefined;
  try {
    engine = await bindings.SchemaEngine.new({ datamodels }, () => undefined, bound);
    return await use(engine);
  } catch (error) {
    const cause = bound.errorRegistry.consumeError(0)?.error ?? error;
    throw new Error(panics.message || messageOf(error), { cause });
  } finally {
    engine?.free();
    await factory.close();
  }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : JSON.stringify(error);
}
