import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const fixture = path.join(import.meta.dirname, 'lifecycle-fixture.ts');
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(args: string[], stdio: StdioOptions = ['ignore', 'pipe', 'inherit']) {
  const child = spawn(process.execPath, [fixture, ...args], { stdio });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const up = new Promise<void>((resolve) => child.stdout?.on('data', () => output.includes('up\n') && resolve()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, up, ended };
}

describe('startLifecycle', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'closes the last made first, whatever fails on the way, and exits with 0 on %s',
    async (signal) => {
      const { child, up, ended } = start([]);
      await up;
      child.kill(signal);
      child.kill(signal);
      expect(await ended).toEqual({ code: 0, output: 'up\ndraining\nserver\ndatabase\n' });
    },
  );

  it('stops when the pipe on standard input closes, as it does when a supervisor dies', async () => {
    const { child, up, ended } = start([], ['pipe', 'pipe', 'inherit']);
    await up;
    child.stdin?.destroy();
    expect(await ended).toEqual({ code: 0, output: 'up\ndraining\nserver\ndatabase\n' });
  });

  it('stops when nobody reads its log any more, and says nothing to nobody for ever', async () => {
    const { child } = start(['log'], ['pipe', 'pipe', 'inherit']);
    await once(child.stdout!, 'data');
    const exited = once(child, 'exit');
    child.stdin?.destroy();
    child.stdout?.on('data', (chunk: Buffer) => chunk.includes('draining') && child.stdout?.destroy());
    expect(await exited).toEqual([0, null]);
  });

  it('stops when the channel to its parent closes', async () => {
    const { child, up } = start([], ['ignore', 'pipe', 'inherit', 'ipc']);
    await up;
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('runs on without a pipe or channel to watch', async () => {
    const { child, up } = start([], ['ignore', 'pipe', 'inherit']);
    await up;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(child.exitCode).toBeNull();
  });

  it('ends with 1 what does not close in time', async () => {
    const { child, up, ended } = start(['hang', '50']);
    await up;
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 1, output: 'up\ndraining\n' });
  });

  it('logs an error that nobody caught and exits with 1', async () => {
    const { code, output } = await start(['throw']).ended;
    expect(code).toBe(1);
    expect(output).toContain('nobody caught this');
    expect(output).not.toContain('draining');
  });
});

describe('runProgram', () => {
  it('says a refusal in one line, without a stack', async () => {
    const { code, output } = await start(['refuse']).ended;
    expect(code).toBe(1);
    const [line, ...rest] = output.trim().split('\n');
    expect(rest).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({ level: 'fatal', msg: 'PORT is "x": expected a number' });
    expect(output).not.toContain('at ');
  });
});
