import { defineConfig } from 'vitest/config';

/** `npm test`: every project's tests in one run. The end-to-end test has a target of its own, `npm run e2e`. */
export default defineConfig({
  test: {
    projects: ['libs/*', 'tools/*', 'apps/*', '!apps/dashboard-e2e'],
    maxWorkers: 2,
  },
});
