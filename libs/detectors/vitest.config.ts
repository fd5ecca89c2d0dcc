import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'detectors', include: ['src/**/*.test.ts'] },
});
