/** `npm test`: every project's tests in one vitest run, closed by one line of real counts. */
import { mkdirSync, rmSync, existsSync } from 'node:fs';
import path from 'node:path';
import { closingLine, countTests } from './counts.ts';
import { runStep, workspaceRoot } from './run-step.ts';

const report = path.join(workspaceRoot, 'test-output/test.json');
mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });

const ok = runStep('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
const counts = existsSync(report) ? countTests(report) : { passed: 0, failed: 1, skipped: 0 };
console.log(closingLine(counts));
process.exitCode = ok && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
