import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'images', include: ['src/**/*.test.ts'] },
});
