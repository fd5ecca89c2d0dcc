import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'metrics', include: ['src/**/*.test.ts'] },
});
