import { NotFoundError, type Digest } from '@outsider/domain';
import type { Job as JobRow, Prisma, Run as RunRow } from '../generated/client.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import type { JsonObject } from '../client/json.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { requireUuid } from '../client/uuid.ts';
import { recordAudit } from '../access/audit-repository.ts';
import { holdLease } from '../jobs/hold-lease.ts';
import { toJob, type Job, type JobLease } from '../jobs/job.ts';

/** One execution: one configuration, one seed, one snapshot. Its state is its job's. */
export interface Run {
  readonly id: string;
  readonly experimentId: string;
  /** 1, 2, 3… within the experiment. */
  readonly number: number;
  readonly job: Job;
  readonly snapshotDigest: Digest;
  /** Every default filled in. */
  readonly recipe: JsonObject;
  /** Every default filled in. */
  readonly detection: JsonObject;
  readonly seed: number;
  /** TensorFlow.js backend; null until chosen. */
  readonly backend: string | null;
  /** The run that this one retrains. */
  readonly parentRunId: string | null;
  /** Digest; null until registered. */
  readonly backboneVersion: Digest | null;
  /** Null until made. */
  readonly bundleId: string | null;
  /** Final figures for lists. */
  readonly summary: JsonObject | null;
  readonly createdAt: Date;
}

export interface NewRun {
  readonly experimentId: string;
  /** The queued job that executes it. */
  readonly jobId: string;
  readonly snapshotDigest: Digest;
  readonly recipe: JsonObject;
  readonly detection: JsonObject;
  readonly seed: number;
  readonly parentRunId?: string;
}

const withJob = { job: true } as const;

/** Runs. `create` belongs in the transaction that enqueues the job: see `JobQueue.enqueue`. */
export function runRepository(db: Database | Transaction) {
  async function find(where: { id: string } | { jobId: string }): Promise<Run | undefined> {
    const row = await db.run.findUnique({ where, include: withJob });
    return row ? toRun(row) : undefined;
  }

  /** Writes as the job's worker, or not at all. */
  async function writeAsWorker(id: string, data: Prisma.RunUncheckedUpdateInput, lease: JobLease): Promise<void> {
    await inTransaction(db, async (tx) => {
      await holdLease(tx, lease);
      await tx.run.update({ where: { id }, data });
    });
  }

  return {
    /** Numbers the run within its experiment. @throws {FailedPreconditionError} without such an experiment or snapshot */
    async create(input: NewRun, actor: string): Promise<Run> {
      return inTransaction(db, async (tx) => {
        const { experimentId, jobId, snapshotDigest, recipe, detection, seed, parentRunId } = input;
        await tx.$queryRaw`SELECT 1 FROM "Experiment" WHERE "id" = ${experimentId}::uuid FOR NO KEY UPDATE`;
        const { _max } = await tx.run.aggregate({ where: { experimentId }, _max: { number: true } });
        const row = await tx.run.create({
          data: {
            experimentId,
            jobId,
            snapshotDigest,
            recipe: recipe as object,
            detection: detection as object,
            seed,
            parentRunId: parentRunId ?? null,
            number: (_max.number ?? 0) + 1,
          },
          include: withJob,
        });
        const action = parentRunId ? 'retrain' : 'start-run';
        await recordAudit(tx, {
          actor,
          action,
          subject: `run:${row.id}`,
          details: { experimentId, number: row.number, jobId },
        });
        return toRun(row);
      });
    },

    /** @throws {NotFoundError} */
    async get(id: string): Promise<Run> {
      requireUuid('run', id);
      const run = await find({ id });
      if (!run) throw new NotFoundError('run', id);
      return run;
    },

    async findByJob(jobId: string): Promise<Run | undefined> {
      requireUuid('job', jobId);
      return find({ jobId });
    },

    /** Newest first; with `experimentId`, only of that experiment. */
    async list(request: PageRequest & { readonly experimentId?: string } = {}): Promise<Page<Run>> {
      if (request.experimentId) requireUuid('experiment', request.experimentId);
      const position = readPage('runs', request);
      const rows = await db.run.findMany({
        where: request.experimentId ? { experimentId: request.experimentId } : {},
        include: withJob,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('runs', position, rows, (row) => row.id, toRun);
    },

    /** Which TensorFlow.js backend the run uses. @throws {AbortedError} when the lease is lost */
    async setBackend(id: string, backend: string, lease: JobLease): Promise<void> {
      await writeAsWorker(id, { backend }, lease);
    },

    /** Final figures for lists. @throws {AbortedError} when the lease is lost */
    async setSummary(id: string, summary: JsonObject, lease: JobLease): Promise<void> {
      await writeAsWorker(id, { summary: summary as object }, lease);
    },

    /** The bundle that the run ended in; set once. @throws {AbortedError} when the lease is lost */
    async setBundle(id: string, bundleId: string, lease: JobLease): Promise<void> {
      await writeAsWorker(id, { bundleId }, lease);
    },
  };
}

function toRun({ jobId: _, versionDigest, job, ...row }: RunRow & { job: JobRow }): Run {
  return {
    ...row,
    job: toJob(job),
    backboneVersion: versionDigest,
    recipe: row.recipe as JsonObject,
    detection: row.detection as JsonObject,
    summary: row.summary as JsonObject | null,
  };
}
