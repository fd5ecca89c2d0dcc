import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { closingLine, countTests } from './counts.ts';

function reportOf(testResults: unknown[]): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'counts-')), 'report.json');
  writeFileSync(file, JSON.stringify({ success: false, testResults }));
  return file;
}

describe('countTests', () => {
  it('counts each outcome', () => {
    const statuses = ['passed', 'passed', 'failed', 'pending', 'skipped', 'todo'];
    const file = reportOf([
      { status: 'failed', assertionResults: statuses.map((status) => ({ fullName: status, status })) },
    ]);
    expect(countTests(file)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  it('counts a file that does not load as a failure', () => {
    expect(countTests(reportOf([{ status: 'failed', assertionResults: [] }]))).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });
});

describe('closingLine', () => {
  it('leaves skipped tests out when there are none', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
