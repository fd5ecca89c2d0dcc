import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'dashboard-e2e',
    include: ['tests/**/*.test.ts'],
    // Each test goes on where the one before it left the page.
    fileParallelism: false,
    bail: 1,
    testTimeout: 60_000,
    hookTimeout: 600_000,
    reporters: ['default', ['json', { outputFile: path.resolve(import.meta.dirname, '../../test-output/e2e.json') }]],
  },
});
