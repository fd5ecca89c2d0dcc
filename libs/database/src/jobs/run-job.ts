import { setTimeout as delay } from 'node:timers/promises';
import { AbortedError, CancelledError, UnavailableError } from '@outsider/domain';
import type { Job as JobRow } from '../generated/client.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { classifyFailure } from './classify-failure.ts';
import { eventWriter } from './event-writer.ts';
import { holdLease, leaseLost } from './hold-lease.ts';
import type { JobContext, JobHandler, JobTimings } from './job-queue.ts';
import { toJob, type JobLease } from './job.ts';
import { allowedLosses } from './reclaim-lost-jobs.ts';
import { updateWithEvent } from './update-with-event.ts';

type Outcome =
  { readonly state: 'succeeded'; readonly result: unknown } | { readonly state: 'failed'; readonly cause: unknown };

interface Options {
  readonly db: Database;
  /** As it was claimed. */
  readonly row: JobRow;
  readonly handler: JobHandler;
  readonly timings: JobTimings;
  readonly stopping: AbortSignal;
  readonly announce: (tx: Transaction, kind: string, jobId: string) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Runs the handler on a claimed job, keeps its lease alive meanwhile, and writes down how it ended. */
export async function runJob(options: Options): Promise<void> {
  const { db, row, handler, timings, stopping, onError } = options;
  const lease: JobLease = { jobId: row.id, fence: row.fence };
  const abort = new AbortController();
  const stop = () => abort.abort(new UnavailableError('the service is stopping', { reason: 'STOPPING' }));
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();

  const writer = eventWriter(db, lease, row.eventCount, stopping);
  const over = new AbortController();
  const watch = keepLease(db, lease, timings, abort, over.signal, onError);
  try {
    const work = Promise.resolve()
      .then(() => handler(toContext(row, lease, abort.signal, writer)))
      .then(
        (result): Outcome => ({ state: 'succeeded', result: result ?? null }),
        (cause): Outcome => ({ state: 'failed', cause }),
      );
    const outcome = await Promise.race([work, graceAfterAbort(abort.signal, timings, over.signal)]);
    await writer.settled();
    await finish(options, lease, abort.signal, outcome);
  } finally {
    over.abort();
    stopping.removeEventListener('abort', stop);
    await watch;
  }
}

function toContext(
  row: JobRow,
  lease: JobLease,
  signal: AbortSignal,
  writer: ReturnType<typeof eventWriter>,
): JobContext {
  let stage = row.stage;
  return {
    job: toJob(row),
    lease,
    signal,
    emit: (event) => writer.write({ event }),
    setStage(name, jobFraction) {
      stage = name;
      return writer.write({ event: { kind: 'stage', stage }, stage, jobFraction });
    },
    setProgress({ fraction, note = '', jobFraction }) {
      return writer.write({ event: { kind: 'progress', stage, fraction, note }, jobFraction });
    },
    log: (line) => writer.write({ event: { kind: 'log', line } }),
  };
}

/** Signs of life, and the look for a cancellation or a lost lease, until `over`. Survives a store that is away. */
async function keepLease(
  db: Database,
  { jobId, fence }: JobLease,
  { heartbeatMs, pollMs }: JobTimings,
  abort: AbortController,
  over: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  let beatAt = Date.now();
  while (!over.aborted) {
    await delay(pollMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    try {
      const where = { id: jobId, fence, state: 'running' } as const;
      if (Date.now() - beatAt >= heartbeatMs) {
        await db.job.updateMany({ where, data: { heartbeatAt: new Date() } });
        beatAt = Date.now();
      }
      const job = await db.job.findFirst({ where, select: { cancelRequestedAt: true } });
      if (over.aborted) return;
      if (!job) abort.abort(leaseLost({ jobId, fence }));
      else if (job.cancelRequestedAt) abort.abort(new CancelledError(`job ${jobId}`));
    } catch (error) {
      onError(error);
    }
  }
}

/** Does not wait for ever for a handler that does not heed its signal. */
async function graceAfterAbort(
  signal: AbortSignal,
  { cancelGraceMs, stopGraceMs }: JobTimings,
  over: AbortSignal,
): Promise<Outcome> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
    over.addEventListener('abort', () => resolve());
  });
  const graceMs = signal.reason instanceof CancelledError ? cancelGraceMs : stopGraceMs;
  await delay(graceMs, undefined, { signal: over }).catch(() => undefined);
  return { state: 'failed', cause: signal.reason };
}

/** Writes the end of the job; waits for the store while it is away, unless the service stops. */
async function finish(options: Options, lease: JobLease, signal: AbortSignal, outcome: Outcome): Promise<void> {
  const { stopping, onError } = options;
  for (;;) {
    try {
      return await writeEnd(options, lease, signal, outcome);
    } catch (error) {
      // Lost, or ended by this same call whose answer did not come through.
      if (error instanceof AbortedError) return;
      onError(error);
      if (!(error instanceof UnavailableError) || stopping.aborted) throw error;
      await delay(500);
    }
  }
}

async function writeEnd(
  { db, row, announce }: Options,
  lease: JobLease,
  signal: AbortSignal,
  outcome: Outcome,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await holdLease(tx, lease);
    const end = { worker: null, finishedAt: new Date() };
    if (outcome.state === 'succeeded') {
      const result = outcome.result as object;
      await updateWithEvent(
        tx,
        row.id,
        { ...end, state: 'succeeded', result, progress: 1 },
        { kind: 'state', state: 'succeeded' },
      );
    } else if (signal.reason instanceof CancelledError) {
      await updateWithEvent(tx, row.id, { ...end, state: 'cancelled' }, { kind: 'state', state: 'cancelled' });
    } else if (signal.aborted) {
      await updateWithEvent(
        tx,
        row.id,
        { worker: null },
        { kind: 'log', line: 'the service is stopping; the job goes on when it is back' },
      );
      await announce(tx, row.kind, row.id);
    } else if (isStoreOutage(outcome.cause) && row.lostWorkers < allowedLosses) {
      const lost = { worker: null, lostWorkers: row.lostWorkers + 1 };
      await updateWithEvent(tx, row.id, lost, { kind: 'log', line: 'the store was away; the job starts over' });
      await announce(tx, row.kind, row.id);
    } else {
      const { failureClass, error } = classifyFailure(outcome.cause);
      await updateWithEvent(
        tx,
        row.id,
        { ...end, state: 'failed', failureClass, error },
        { kind: 'state', state: 'failed' },
      );
    }
  });
}

/** Not the job's fault, and over by now: what has just been written says so. */
function isStoreOutage(cause: unknown): boolean {
  return cause instanceof UnavailableError && cause.details.reason === 'STORE_UNREACHABLE';
}
