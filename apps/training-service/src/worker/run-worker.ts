import { fork } from 'node:child_process';
import path from 'node:path';
import { CancelledError, DomainError, type ErrorCode } from '@outsider/domain';
import type { FromWorker, ToWorker, TrainingResult, TrainingTask, WorkerEvent } from './protocol.ts';

/** A sentence that the worker sent, as an error of this process. */
class WorkerError extends DomainError {
  override name = 'WorkerError';
  readonly code: ErrorCode;

  constructor(message: string, code: ErrorCode) {
    super(message);
    this.code = code;
  }
}

/** The worker process ended without a word: killed, out of memory, or crashed in native code. */
class LostWorkerError extends DomainError {
  override name = 'LostWorkerError';
  readonly code = 'unavailable';
}

/**
 * Trains in a child process, so that TensorFlow.js never blocks this one and its memory ends with it.
 *
 * @throws {CancelledError} when `signal` fires; the process is killed
 * @throws {LostWorkerError} when the process ends without a result
 * @throws {DomainError} what the worker threw
 */
export async function runWorker(
  task: TrainingTask,
  onEvent: (event: WorkerEvent) => void,
  signal: AbortSignal,
): Promise<TrainingResult> {
  signal.throwIfAborted();
  const worker = fork(path.join(import.meta.dirname, 'main.ts'), {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let lastWords = '';
  worker.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + String(chunk)).slice(-2000);
    process.stderr.write(chunk);
  });
  const kill = () => worker.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    return await new Promise<TrainingResult>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'event') onEvent(message.event);
        else if (message.kind === 'done') resolve(message.result);
        else reject(new WorkerError(message.message, message.code as ErrorCode));
      });
      worker.once('error', reject);
      worker.once('exit', (code, killedBy) => {
        const how = killedBy ? `was ended by ${killedBy}` : `ended with code ${code}`;
        reject(
          signal.aborted
            ? new CancelledError('the training')
            : new LostWorkerError(
                `the training process ${how}${lastWords ? `: ${lastWords.trim().split('\n').at(-1)}` : ''}`,
              ),
        );
      });
      worker.send({ kind: 'train', task } satisfies ToWorker);
    });
  } finally {
    signal.removeEventListener('abort', kill);
    worker.kill('SIGKILL');
  }
}

/** A task is given to this many processes in all; the next loss fails it. */
const mostProcesses = 3;

/**
 * Like {@link runWorker}, but a process that is lost is followed by another, which goes on from the last epoch that the
 * first one finished.
 */
export async function runWorkerToTheEnd(
  task: TrainingTask,
  onEvent: (event: WorkerEvent) => void,
  signal: AbortSignal,
): Promise<TrainingResult> {
  for (let process = 1; ; process++) {
    try {
      return await runWorker(task, onEvent, signal);
    } catch (error) {
      if (!(error instanceof LostWorkerError)) throw error;
      if (process === mostProcesses) {
        throw new LostWorkerError(`${error.message}; the third process in a row: see whether memory ran out`);
      }
      onEvent({ kind: 'log', text: `${error.message}; another process takes the training up` });
    }
  }
}
