import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  CancelledError,
  CorruptDataError,
  FailedPreconditionError,
  NotFoundError,
  ResourceExhaustedError,
} from '@outsider/domain';
import type { Choosing } from './choose-method.ts';
import type { FitMessage, FitTask, FittedMethod } from './fit-task.ts';
import type { NotFitted } from './plan-fits.ts';

/** What came of a fit. */
export interface FitOutcome extends Choosing {
  readonly fitted: readonly FittedMethod[];
  readonly notFitted: readonly NotFitted[];
}

/** The fitting process ended without saying how it went: killed, or out of memory. */
export class LostFitProcessError extends ResourceExhaustedError {
  override name = 'LostFitProcessError';
}

/**
 * Runs {@link FitTask} in a process of its own. Aborting kills it.
 *
 * @throws {CancelledError} when aborted
 * @throws {LostFitProcessError} when the process is lost
 */
export async function runFitProcess(
  task: FitTask,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (fraction: number, note: string) => void },
): Promise<FitOutcome> {
  if (signal.aborted) throw new CancelledError('the fit');
  const fitted: FittedMethod[] = [];
  const notFitted: NotFitted[] = [];
  let chosen: Choosing = { choice: null, figures: new Map() };
  let last: FitMessage | undefined;

  const child = fork(fileURLToPath(new URL('./fit-process.ts', import.meta.url)), {
    serialization: 'advanced',
    // Its standard output would mix with this service's log lines.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A test runner's or debugger's flags are not for the child.
    execArgv: [],
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  child.on('message', (received) => {
    const message = received as FitMessage;
    last = message;
    if (message.kind === 'progress') onProgress(message.fraction, message.note);
    if (message.kind === 'fitted') fitted.push(message.fitted);
    if (message.kind === 'not-fitted') notFitted.push(message.notFitted);
    if (message.kind === 'chosen') chosen = message;
  });
  try {
    const ended = exitOf(child);
    child.send(task, () => undefined); // a failure to send shows in how it ends
    const how = await ended;
    if (signal.aborted) throw new CancelledError('the fit');
    if (last?.kind === 'failed') throw toError(last);
    if (last?.kind !== 'done') {
      throw new LostFitProcessError(
        `the fitting process ended with ${how} before it was done; it may have run out of memory`,
      );
    }
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
  return { fitted, notFitted, choice: chosen.choice, figures: chosen.figures };
}

/** Resolves with the signal or exit code, after the last message was delivered. */
function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function toError({ name, code, message, stack }: Extract<FitMessage, { kind: 'failed' }>): Error {
  if (code === 'data-loss') return new CorruptDataError(message);
  if (code === 'resource-exhausted') return new ResourceExhaustedError(message);
  if (code === 'not-found') return Object.assign(new NotFoundError('', ''), { message });
  if (code) return new FailedPreconditionError(message);
  return Object.assign(new Error(message), { name, stack });
}
