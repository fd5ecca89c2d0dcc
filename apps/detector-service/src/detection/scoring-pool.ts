import { fileURLToPath } from 'node:url';
import type { Neighbour } from '@outsider/detectors';
import { ResourceExhaustedError } from '@outsider/domain';
import { Piscina } from 'piscina';
import type { NearestTask, ScoreTask } from './scoring-worker.ts';

/** Threads for what would hold up the event loop. */
export interface ScoringPool {
  /** Shape [n]. */
  score(task: ScoreTask, signal: AbortSignal): Promise<Float64Array>;
  nearest(task: NearestTask, signal: AbortSignal): Promise<Neighbour[]>;
  close(): Promise<void>;
}

export interface ScoringPoolSettings {
  readonly threads: number;
  /** Tasks that may wait; more are refused. Default 1024. */
  readonly maxWaiting?: number;
}

/** @throws {ResourceExhaustedError} from a call, when too many tasks wait */
export function startScoringPool({ threads, maxWaiting = 1024 }: ScoringPoolSettings): ScoringPool {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./scoring-worker.ts', import.meta.url)),
    // Started with the first task: most detectors are fast enough to need no thread at all.
    minThreads: 0,
    maxThreads: threads,
    maxQueue: maxWaiting,
    idleTimeout: 60_000,
  });

  async function run<Result>(name: 'score' | 'nearest', task: unknown, signal: AbortSignal): Promise<Result> {
    if (pool.queueSize >= maxWaiting) {
      throw new ResourceExhaustedError(`${maxWaiting} images wait to be scored; call again later`, {
        retryDelayMs: '200',
      });
    }
    // Piscina ends a thread to cancel a running task. A score takes milliseconds and a new thread more, so only tasks
    // that still wait are worth cancelling; a caller who left does not hear of the rest.
    const result = (await pool.run(task, { name })) as Result;
    signal.throwIfAborted();
    return result;
  }

  return {
    score: (task, signal) => run('score', task, signal),
    nearest: (task, signal) => run('nearest', task, signal),
    close: () => pool.destroy(),
  };
}

/** A copy in memory that all threads see. */
export function toShared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}
