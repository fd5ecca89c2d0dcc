import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const preload = pathToFileURL(path.join(import.meta.dirname, 'end-with-parent.ts')).href;

function run(script: string) {
  const child = spawn(process.execPath, ['--import', preload, '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { child, exited: once(child, 'exit') };
}

it('ends a program when its standard input closes', async () => {
  const { child, exited } = run("setInterval(() => {}, 1000); console.log('up')");
  await once(child.stdout, 'data');
  child.stdin.destroy();
  expect(await exited).toEqual([null, 'SIGTERM']);
});

it('does not keep a program that is done', async () => {
  const { exited } = run("console.log('done')");
  expect(await exited).toEqual([0, null]);
});
