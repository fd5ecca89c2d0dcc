import { InvalidArgumentError, UnavailableError, type BackboneMetadata, type Layer } from '@outsider/domain';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromInference, ToInference } from './inference-messages.ts';
import { checkRequest, type Activations, type InferenceSession, type SessionOptions } from './open-session.ts';

export interface InferenceProcessOptions extends SessionOptions {
  /** Told when the process died unasked and another is started. */
  readonly onRestart?: (reason: string) => void;
}

/** A session in a process of its own, so that a service's event loop answers while images are computed. */
export interface InferenceProcess extends InferenceSession {
  /** Of the process that is running now. */
  readonly pid: number | undefined;
}

interface Pending {
  readonly resolve: (activations: Activations) => void;
  readonly reject: (error: Error) => void;
}

interface Child {
  readonly process: ChildProcess;
  readonly metadata: BackboneMetadata;
}

const entry = fileURLToPath(new URL('./inference-process-main.ts', import.meta.url));
const longestRestartDelayMs = 10_000;

/**
 * Like `openSession`, in a child process. When it dies, the runs under way fail with UnavailableError and it is
 * started again, at once and then ever more slowly while it cannot be opened; runs asked for meanwhile wait for the
 * start under way and share its outcome.
 *
 * @param model a path, or bytes (kept in memory for a restart)
 * @throws {InvalidArgumentError} when the file cannot be loaded
 */
export async function startInferenceProcess(
  model: string | Uint8Array,
  { threads, onRestart }: InferenceProcessOptions = {},
): Promise<InferenceProcess> {
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let failures = 0;
  let closing = false;
  let restartTimer: NodeJS.Timeout | undefined;
  let current: Promise<Child> = startChild();
  const { metadata } = await current;

  async function startChild(): Promise<Child> {
    const child = fork(entry, {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const exited = once(child, 'exit').then(([code, signal]) => `it ended with ${signal ?? `exit code ${code}`}`);
    child.on('error', () => undefined);
    try {
      const opened = await openChild(child, exited);
      child.on('message', (message: FromInference) => settle(message));
      void exited.then(afterCrash);
      failures = 0;
      return { process: child, metadata: opened };
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async function openChild(child: ChildProcess, exited: Promise<string>): Promise<BackboneMetadata> {
    send(child, { kind: 'open', model, threads });
    const answer = await Promise.race([once(child, 'message').then(([message]) => message as FromInference), exited]);
    if (typeof answer === 'string') throw new UnavailableError(`the inference process did not start: ${answer}`);
    if (answer.kind === 'opened') return answer.metadata;
    const message = answer.kind === 'refused' ? answer.message : `unexpected answer "${answer.kind}"`;
    if (answer.kind === 'refused' && answer.code === 'invalid-argument') throw new InvalidArgumentError(message);
    throw new UnavailableError(`the inference process did not start: ${message}`);
  }

  function settle(message: FromInference): void {
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (message.kind === 'done') call?.resolve(message.activations);
    else call?.reject(new UnavailableError(`ONNX Runtime failed: ${message.message}`));
  }

  function afterCrash(reason: string): void {
    for (const { reject } of pending.values())
      reject(new UnavailableError(`the inference process died while it computed: ${reason}`));
    pending.clear();
    if (!closing) restart(reason);
  }

  function restart(reason: string): void {
    onRestart?.(reason);
    current = startChild();
    current.catch((error: Error) => {
      if (closing) return;
      failures++;
      restartTimer = setTimeout(() => restart(error.message), Math.min(100 * 2 ** failures, longestRestartDelayMs));
    });
    void current.then(
      (child) => (running = child.process),
      () => undefined,
    );
  }

  let running: ChildProcess | undefined = (await current).process;
  return {
    metadata,
    layers: Object.keys(metadata.layers) as Layer[],
    imageLength: metadata.preprocessing.size[0] * metadata.preprocessing.size[1] * 3,
    get pid() {
      return running?.pid;
    },
    async run(images, count, wanted = Object.keys(metadata.layers) as Layer[]) {
      checkRequest(metadata, images, count, wanted);
      if (closing) throw new UnavailableError('the inference process is closed');
      const child = await current;
      return new Promise<Activations>((resolve, reject) => {
        const id = nextId++;
        pending.set(id, { resolve, reject });
        send(child.process, { kind: 'run', id, images, count, wanted });
      });
    },
    async close() {
      closing = true;
      clearTimeout(restartTimer);
      const child = await current.catch(() => null);
      if (!child || child.process.exitCode !== null || child.process.signalCode !== null) return;
      const exited = once(child.process, 'exit');
      child.process.disconnect();
      // A run under way blocks the child: it leaves when that is done, or is made to.
      const timer = setTimeout(() => child.process.kill('SIGKILL'), 2000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** A message to a process that has just died is answered by its `exit`, not by an error here. */
function send(child: ChildProcess, message: ToInference): void {
  if (child.connected) child.send(message, () => undefined);
}
