import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  test: { name: 'onnx-import', include: ['src/**/*.test.ts'] },
});
