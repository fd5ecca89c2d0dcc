import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'embedding-service', testTimeout: 30_000, include: ['src/**/*.test.ts', 'tests/**/*.test.ts'] },
});
