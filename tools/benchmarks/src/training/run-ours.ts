import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { StepsReport } from './train-steps.ts';

interface Settings {
  readonly warmUpSteps: number;
  readonly steps: number;
  readonly batchSize: number;
  /** Undefined: the fastest that is there. */
  readonly backend: string | undefined;
}

/** Trains some steps in a process of its own. */
export function runOurs({ warmUpSteps, steps, batchSize, backend }: Settings): StepsReport {
  const settings = [warmUpSteps, steps, batchSize].map(String);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, 'train-steps.ts'), ...settings, ...(backend ? [backend] : [])],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`training failed: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as StepsReport;
}
