import nextPlugin from '@next/eslint-plugin-next';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom: apps and tools → adapters → pure → domain. Adapters do not import each other. */
const layers = [
  { sourceTag: 'layer:domain', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:pure', onlyDependOnLibsWithTags: ['layer:pure', 'layer:domain'] },
  { sourceTag: 'layer:adapter', onlyDependOnLibsWithTags: ['layer:pure', 'layer:domain'] },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['layer:adapter', 'layer:pure', 'layer:domain'] },
  { sourceTag: 'layer:tool', onlyDependOnLibsWithTags: ['layer:adapter', 'layer:pure', 'layer:domain'] },
];

const tensorflow = { group: ['@tensorflow/*'], message: 'Only libs/finetuning imports TensorFlow.js.' };
const onnxRuntime = { group: ['onnxruntime-*'], message: 'Only libs/inference imports ONNX Runtime.' };

export default tseslint.config(
  {
    ignores: [
      '**/node_modules',
      '**/out-tsc',
      '**/.next',
      '**/next-env.d.ts',
      '**/generated',
      '.nx',
      '.outsider',
      '.cache',
    ],
  },
  ...tseslint.configs.recommended,
  ...nx.configs['flat/base'],
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, banTransitiveDependencies: false, allow: [], depConstraints: layers },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-imports': ['error', { patterns: [tensorflow, onnxRuntime] }],
    },
  },
  { files: ['libs/finetuning/**'], rules: { 'no-restricted-imports': ['error', { patterns: [onnxRuntime] }] } },
  { files: ['libs/inference/**'], rules: { 'no-restricted-imports': ['error', { patterns: [tensorflow] }] } },
  {
    files: ['apps/dashboard/**/*.{ts,tsx}'],
    plugins: { '@next/next': nextPlugin },
    rules: {
      ...nextPlugin.configs.recommended.rules,
      ...nextPlugin.configs['core-web-vitals'].rules,
      // Looks for a Pages Router, which this app does not have.
      '@next/next/no-html-link-for-pages': 'off',
    },
    settings: { next: { rootDir: 'apps/dashboard' } },
  },
);
