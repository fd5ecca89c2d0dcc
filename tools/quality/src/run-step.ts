import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const workspaceRoot = path.resolve(import.meta.dirname, '../../..');

/** Runs a command of this workspace in the foreground; true when it exits with 0. */
export function runStep(command: string, args: readonly string[]): boolean {
  const bin = path.join(workspaceRoot, 'node_modules/.bin');
  const { status } = spawnSync(command, args, {
    cwd: workspaceRoot,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
  });
  return status === 0;
}
