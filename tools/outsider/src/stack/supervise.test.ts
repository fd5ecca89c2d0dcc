import { mkdtempSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { supervise, type Program } from './supervise.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'supervise-'));

/** A Node program that writes its process id to a file once it is up. */
function program(name: string, source: string): Program & { pidFile: string } {
  const pidFile = path.join(folder, `${name}.pid`);
  const script = path.join(folder, `${name}.mjs`);
  writeFileSync(
    script,
    `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${source}`,
  );
  return {
    name,
    command: process.execPath,
    args: [script],
    cwd: folder,
    env: process.env,
    logFile: path.join(folder, `${name}.log`),
    pidFile,
    whenReady: async (signal) => {
      const before = existsSync(pidFile) ? readFileSync(pidFile, 'utf8') : '';
      while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === before) await sleep(20, undefined, { signal });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

it('starts a program again after it was killed, and stops it for good', async () => {
  const events: string[] = [];
  const survivor = program('survivor', 'setInterval(() => {}, 1000);');
  const supervised = supervise(survivor, (line) => events.push(line));
  await supervised.ready;
  const first = Number(readFileSync(survivor.pidFile, 'utf8'));

  process.kill(first, 'SIGKILL');
  await until(() => events.includes('survivor is back'));
  const second = Number(readFileSync(survivor.pidFile, 'utf8'));
  expect(second).not.toBe(first);
  expect(events[0]).toMatch(/survivor was ended by SIGKILL; starting it again in 0.5 s/);

  await supervised.stop(2000);
  expect(isAlive(second)).toBe(false);
});

it('insists when a program does not want to stop', async () => {
  const stubborn = program('stubborn', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);");
  const supervised = supervise(stubborn, () => undefined);
  await supervised.ready;
  await supervised.stop(200);
  expect(isAlive(Number(readFileSync(stubborn.pidFile, 'utf8')))).toBe(false);
});

it('gives up on a program that never gets ready, and says where its log is', async () => {
  const broken: Program = {
    ...program('broken', "console.error('no such table'); process.exit(3);"),
    whenReady: () => new Promise(() => undefined),
  };
  const supervised = supervise(broken, () => undefined);
  await expect(supervised.ready).rejects.toThrow(
    /broken ended with code 3 before it was ready; its log is .*broken\.log/,
  );
  await supervised.stop(100);
  expect(readFileSync(broken.logFile, 'utf8')).toContain('no such table');
});
