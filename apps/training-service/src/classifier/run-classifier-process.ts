import { fork } from 'node:child_process';
import path from 'node:path';
import { CancelledError, DomainError, type ErrorCode } from '@outsider/domain';
import type { AdoptedClassifier, ClassifierTask, FromClassifierProcess, Inspection } from './protocol.ts';

/** A sentence that the process sent, as an error of this one. */
class ClassifierError extends DomainError {
  override name = 'ClassifierError';
  readonly code: ErrorCode;

  constructor(message: string, code: ErrorCode) {
    super(message);
    this.code = code;
  }
}

type Answer<Task extends ClassifierTask> = Task extends { kind: 'inspect' } ? Inspection : AdoptedClassifier;

/**
 * Reads a classifier in a child process: it may be large, and native code runs a graph that nobody here wrote.
 *
 * @throws {CancelledError} when `signal` fires; the process is killed
 * @throws {DomainError} what is wrong with the classifier, or that the process died of it
 */
export async function runClassifierProcess<Task extends ClassifierTask>(
  task: Task,
  signal: AbortSignal,
): Promise<Answer<Task>> {
  signal.throwIfAborted();
  const child = fork(path.join(import.meta.dirname, 'main.ts'), {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    return await new Promise<Answer<Task>>((resolve, reject) => {
      child.on('message', (message: FromClassifierProcess) => {
        if (message.kind === 'inspected') resolve(message.inspection as Answer<Task>);
        else if (message.kind === 'adopted') resolve(message.adopted as Answer<Task>);
        else if (message.code === 'internal') reject(new Error(message.message));
        else reject(new ClassifierError(message.message, message.code as ErrorCode));
      });
      child.once('error', reject);
      child.once('exit', (code, killedBy) => {
        const how = killedBy ? `was ended by ${killedBy}` : `ended with code ${code}`;
        const lost = `the process that read the classifier ${how}: it may need more memory than this machine has`;
        reject(signal.aborted ? new CancelledError('the import') : new ClassifierError(lost, 'resource-exhausted'));
      });
      child.send(task);
    });
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
}
