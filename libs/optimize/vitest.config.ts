import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'optimize', include: ['src/**/*.test.ts'] },
});
