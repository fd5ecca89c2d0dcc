import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'native', include: ['src/**/*.test.ts'] },
});
