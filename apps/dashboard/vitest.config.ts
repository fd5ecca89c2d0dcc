import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'dashboard', include: ['src/**/*.test.ts', 'tests/**/*.test.ts'] },
});
