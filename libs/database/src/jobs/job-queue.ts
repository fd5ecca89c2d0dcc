import { fromPrisma, PgBoss } from 'pg-boss';
import { AbortedError } from '@outsider/domain';
import { recordAudit } from '../access/audit-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import type { JsonValue } from '../client/json.ts';
import { readRequestId } from '../client/uuid.ts';
import { claimJob } from './claim-job.ts';
import type { JobEventBody } from './job-event.ts';
import { toJob, type Job, type JobKind, type JobLease } from './job.ts';
import { announceForgottenJobs, reclaimLostJobs } from './reclaim-lost-jobs.ts';
import { reportOutagesOnce } from './report-outages-once.ts';
import { runJob } from './run-job.ts';
import { updateWithEvent } from './update-with-event.ts';
import { workerSession, type WorkerSession } from './worker-session.ts';

/** Work to be queued. */
export interface JobRequest {
  readonly kind: JobKind;
  readonly payload: JsonValue;
  /** Only one unfinished job holds a key, such as `train:<backbone>`. */
  readonly exclusiveKey?: string;
  /** UUID; the same request again gives the same job. */
  readonly requestId?: string;
  /** Name of the token that asks for it. */
  readonly createdBy: string;
}

/** What a handler works with. All writes carry the lease and are refused once it is lost. */
export interface JobContext {
  readonly job: Job;
  /** For repositories that publish on behalf of the job. */
  readonly lease: JobLease;
  /** Aborts when a person cancels (within a second), when the lease is lost, and when the service stops. */
  readonly signal: AbortSignal;
  /** Stores an event; a metric also becomes a point of the job's run. Resolves when it is stored. */
  emit(event: Exclude<JobEventBody, { kind: 'state' }>): Promise<void>;
  /** @param jobFraction of the whole job, 0 to 1 */
  setStage(stage: string, jobFraction?: number): Promise<void>;
  /** @param progress.fraction of the stage; `jobFraction` of the whole job; both 0 to 1 */
  setProgress(progress: {
    readonly fraction: number;
    readonly note?: string;
    readonly jobFraction?: number;
  }): Promise<void>;
  log(line: string): Promise<void>;
}

/**
 * Does the job and returns its result. What it throws decides the end: after a cancellation `cancelled`, otherwise
 * `failed` with the error's sentence. It should stop soon after `signal` aborts.
 */
export type JobHandler = (context: JobContext) => Promise<JsonValue | void>;

export interface JobTimings {
  /** Between signs of life. */
  readonly heartbeatMs: number;
  /** Between looks at the job's row: how soon a cancellation is seen. */
  readonly pollMs: number;
  /** Silence after which a worker counts as lost. */
  readonly staleAfterMs: number;
  /** Silence after which a worker whose session has ended counts as lost. */
  readonly vanishedAfterMs: number;
  /** How long live workers get to come back after PostgreSQL itself was started, before they are missed. */
  readonly restartGraceMs: number;
  /** Between searches for lost workers. */
  readonly sweepMs: number;
  /** How long a handler may take to stop before its job is marked cancelled without it. */
  readonly cancelGraceMs: number;
  /** How long a handler may take to stop with the service before its job is given back without it. */
  readonly stopGraceMs: number;
}

const defaultTimings: JobTimings = {
  heartbeatMs: 2_000,
  pollMs: 500,
  staleAfterMs: 30_000,
  vanishedAfterMs: 5_000,
  restartGraceMs: 10_000,
  sweepMs: 3_000,
  cancelGraceMs: 10_000,
  stopGraceMs: 2_000,
};

export interface JobQueueOptions {
  /** Of the same store as `db`. */
  readonly url: string;
  readonly db: Database;
  readonly timings?: Partial<JobTimings>;
  /** Hears of faults that the queue survives; of a store that is away, once in half a minute. */
  readonly onError?: (error: unknown) => void;
}

export interface JobQueue {
  /**
   * Queues a job. `also` runs in the same transaction, for what belongs to the job, such as its run; it does not run
   * when an earlier request with the same id gives its job.
   * @throws {AbortedError} with `details.jobId` while another job holds the exclusive key
   */
  enqueue(request: JobRequest, also?: (tx: Transaction, job: Job) => Promise<void>): Promise<Job>;
  /** Takes up jobs of a kind, one at a time, and first those whose workers were lost. Resolves once it listens. */
  work(kind: JobKind, handler: JobHandler): Promise<void>;
  /** Aborts what is under way, gives it back so that the next worker takes it up at once, and closes connections. */
  stop(): Promise<void>;
}

const kinds: readonly JobKind[] = ['train', 'fit-detectors', 'import'];

/**
 * Jobs on PostgreSQL: the Job table holds the truth, pg-boss brings the news of it. A message says no more than "look
 * at this job", so one too many does no harm, and pg-boss repeats those whose reader died.
 */
export function jobQueue({ url, db, timings: given, onError: report = () => undefined }: JobQueueOptions): JobQueue {
  const onError = reportOutagesOnce(report);
  const timings = { ...defaultTimings, ...given };
  const boss = new PgBoss({
    connectionString: url,
    max: 3,
    schema: 'pgboss',
    application_name: 'outsider-queue',
    schedule: false,
    // Handed to node-postgres as it is: an unanswered query gives its connection up.
    ...{ query_timeout: 25_000 },
  });
  boss.on('error', onError);
  const stopping = new AbortController();
  const sweeps: NodeJS.Timeout[] = [];
  let started: Promise<void> | undefined;
  let session: WorkerSession | undefined;

  async function start(): Promise<void> {
    started ??= (async () => {
      await boss.start();
      // A message is repeated for as long as nobody says that it was heeded; a day is the longest that pg-boss lets
      // one reader take.
      const options = { retryLimit: 1000, retryDelay: 1, heartbeatSeconds: 30, expireInSeconds: 86_399 };
      for (const kind of kinds) await boss.createQueue(kind, options);
    })();
    try {
      await started;
    } catch (error) {
      started = undefined;
      throw error;
    }
  }

  async function announce(tx: Transaction, kind: string, jobId: string): Promise<void> {
    await boss.send(kind, { jobId }, { db: fromPrisma(tx) });
  }

  async function insertJob(tx: Transaction, request: JobRequest, requestId: string | null): Promise<Job | undefined> {
    const { kind, payload, exclusiveKey = null, createdBy } = request;
    const data = { kind, payload: payload as object, exclusiveKey, requestId, createdBy };
    const [inserted] = await tx.job.createManyAndReturn({ data, skipDuplicates: true });
    if (!inserted) return undefined;
    await announce(tx, kind, inserted.id);
    await recordAudit(tx, { actor: createdBy, action: `queue-${kind}`, subject: `job:${inserted.id}` });
    return toJob(await updateWithEvent(tx, inserted.id, {}, { kind: 'state', state: 'queued' }));
  }

  return {
    async enqueue(request, also) {
      const requestId = readRequestId(request.requestId);
      await start();
      for (let attempt = 0; attempt < 3; attempt++) {
        const job = await inTransaction(db, async (tx) => {
          const inserted = await insertJob(tx, request, requestId);
          if (inserted) await also?.(tx, inserted);
          return inserted;
        });
        if (job) return job;
        const same = requestId && (await db.job.findUnique({ where: { requestId } }));
        if (same) return toJob(same);
        const holder = await db.job.findFirst({
          where: { exclusiveKey: request.exclusiveKey ?? null, state: { in: ['queued', 'running'] } },
        });
        if (holder) {
          throw new AbortedError(`job ${holder.id} of the same kind is under way; wait for it or cancel it`, {
            reason: 'JOB_UNDER_WAY',
            jobId: holder.id,
          });
        }
      }
      throw new AbortedError('other jobs kept coming and going with the same exclusive key; try again');
    },

    async work(kind, handler) {
      await start();
      session ??= await workerSession(url, onError);
      const worker = session.name;
      const sweep = () =>
        reclaimLostJobs({ db, kind, timings, announce })
          .then(() => announceForgottenJobs({ db, kind, announce }))
          .catch(onError);
      await sweep();
      sweeps.push(setInterval(sweep, timings.sweepMs));
      await boss.work<{ jobId: string }>(kind, { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([message]) => {
        if (!message || stopping.signal.aborted) throw new Error('the worker is stopping');
        const claimed = await claimJob(db, message.data.jobId, worker);
        if (claimed) await runJob({ db, row: claimed, handler, timings, stopping: stopping.signal, announce, onError });
      });
    },

    async stop() {
      stopping.abort();
      for (const sweep of sweeps) clearInterval(sweep);
      if (started) {
        await started.catch(() => undefined);
        await boss.stop({ graceful: true, timeout: 4_000 });
      }
      await session?.end();
    },
  };
}
