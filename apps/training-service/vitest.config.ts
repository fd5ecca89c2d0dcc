import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'training-service', include: ['src/**/*.test.ts', 'tests/**/*.test.ts'] },
});
