import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'database',
    include: ['src/**/*.test.ts'],
    // Against a real server on a machine that may be busy: long, and for hangs only.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
