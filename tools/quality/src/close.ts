/** Sums up vitest's JSON reports in one closing line: `node close.ts REPORT…`. A missing report is a failure. */
import { existsSync } from 'node:fs';
import { addCounts, closingLine, countTests, type Counts } from './counts.ts';

const missing: Counts = { passed: 0, failed: 1, skipped: 0 };
const counts = process.argv.slice(2).map((file) => (existsSync(file) ? countTests(file) : missing));
console.log(closingLine(counts.reduce(addCounts)));
