/** `npm run verify [-- --without test]`: everything that must hold before a change lands. */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { runStep, workspaceRoot } from './run-step.ts';

const { values } = parseArgs({ options: { without: { type: 'string', multiple: true, default: [] } } });

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: workspaceRoot, encoding: 'utf8' });
}

/** Generated code is committed: generating it again must change nothing. */
function regenerates(): boolean {
  const state = () =>
    git('status', '--porcelain', '--', 'libs/*/src/generated') + git('diff', '--', 'libs/*/src/generated');
  const before = state();
  if (!runStep('node', ['tools/quality/src/generate.ts'])) return false;
  const after = state();
  if (after !== before) console.error(`generated code is stale; commit what \`npm run generate\` makes:\n${after}`);
  return after === before;
}

const steps: readonly [name: string, run: () => boolean][] = [
  ['lock', () => runStep('node', ['tools/quality/src/check-lock.ts'])],
  ['format', () => runStep('prettier', ['--check', '.', '--log-level=warn'])],
  ['generate', regenerates],
  ['proto', () => runStep('buf', ['lint'])],
  ['lint', () => runStep('nx', ['run-many', '-t', 'lint', '--outputStyle=stream'])],
  ['typecheck', () => runStep('nx', ['run-many', '-t', 'typecheck', '--outputStyle=stream'])],
  ['test', () => runStep('node', ['tools/quality/src/test.ts'])],
];

const failed: string[] = [];
for (const [name, run] of steps) {
  if (values.without.includes(name)) continue;
  console.log(`\n▶ ${name}`);
  if (!run()) failed.push(name);
}
console.log(failed.length === 0 ? '\neverything holds' : `\nfailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
