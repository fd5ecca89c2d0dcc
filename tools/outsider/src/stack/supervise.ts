import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { FailedPreconditionError } from '@outsider/domain';

/** One process of the stack. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Resolves once the program answers. Called after each start; must give up when the signal aborts. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
}

export interface Supervised {
  readonly name: string;
  /** Resolves at the first readiness; rejects when the program ends again and again before it. */
  readonly ready: Promise<void>;
  /** Asks with SIGTERM, then insists with SIGKILL. */
  stop(graceMs: number): Promise<void>;
}

const firstDelayMs = 500;
const longestDelayMs = 10_000;
/** A program that never got ready and ended this often will not: the start is called off. */
const startsBeforeGivingUp = 3;

/**
 * Keeps a program running: starts it, and starts it anew whenever it ends, at growing intervals.
 *
 * The program gets a pipe as standard input that closes with us, so that it can end itself when we are killed; it has a
 * process group of its own, so that Ctrl-C reaches us alone and the parts stop in the order we choose.
 */
export function supervise(program: Program, onEvent: (line: string) => void): Supervised {
  const log = createWriteStream(program.logFile, { flags: 'a' });
  const first = Promise.withResolvers<void>();
  let stopping = false;
  let everReady = false;
  let starts = 0;
  let delayMs = firstDelayMs;
  let child: ChildProcess | undefined;
  let retry: NodeJS.Timeout | undefined;

  function start(): void {
    starts++;
    const ended = new AbortController();
    child = spawnProgram(program, log);
    const end = (how: string) => {
      if (ended.signal.aborted) return;
      ended.abort();
      if (stopping) return;
      if (!everReady && starts >= startsBeforeGivingUp) {
        first.reject(
          new FailedPreconditionError(`${program.name} ${how} before it was ready; its log is ${program.logFile}`),
        );
        return;
      }
      onEvent(`${program.name} ${how}; starting it again in ${(delayMs / 1000).toFixed(1)} s`);
      retry = setTimeout(start, delayMs);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    };
    child.once('error', (error) => end(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `ended with code ${code}`));
    program.whenReady(ended.signal).then(
      () => {
        if (everReady) onEvent(`${program.name} is back`);
        everReady = true;
        delayMs = firstDelayMs;
        first.resolve();
      },
      () => undefined, // it ended first, which `end` has dealt with
    );
  }

  start();
  return {
    name: program.name,
    ready: first.promise,
    async stop(graceMs) {
      stopping = true;
      clearTimeout(retry);
      if (child && child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        const exited = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
        child.kill('SIGTERM');
        const insist = setTimeout(() => child?.kill('SIGKILL'), graceMs);
        await exited;
        clearTimeout(insist);
      }
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}

function spawnProgram({ command, args, cwd, env }: Program, log: WriteStream): ChildProcess {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return child;
}
