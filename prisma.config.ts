import { defineConfig } from 'prisma/config';

// `generate`, `validate` and `format` run on WebAssembly, yet the command line first makes sure that it has the native
// schema engine, a download. Any file that exists will do; migrations go through @outsider/database instead.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
process.env.CHECKPOINT_DISABLE ??= '1';

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost:5432/outsider' },
});
