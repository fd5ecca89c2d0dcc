import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'linalg', include: ['src/**/*.test.ts'] },
});
