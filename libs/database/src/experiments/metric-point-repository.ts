import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { requireUuid } from '../client/uuid.ts';
import { holdLease } from '../jobs/hold-lease.ts';
import type { JobLease } from '../jobs/job.ts';

/** One measured value of a run. NaN is a value. */
export interface MetricPoint {
  /** Dotted name, such as `train.loss`. */
  readonly key: string;
  readonly step: number;
  readonly value: number;
}

/** A stretch of neighbouring steps of one curve. NaN where every value of the stretch is. */
export interface MetricBucket {
  /** Of the stretch's last point. */
  readonly step: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly points: number;
}

/** A curve, thinned to what a chart can show. */
export interface MetricSeries {
  readonly key: string;
  readonly buckets: readonly MetricBucket[];
}

/** Values travel as text: JSON, which Prisma speaks with its engine, has no NaN. */
interface BucketRow {
  readonly key: string;
  readonly step: number;
  readonly mean: string | null;
  readonly min: string | null;
  readonly max: string | null;
  readonly points: number;
}

/** Measured values of runs. */
export function metricPointRepository(db: Database | Transaction) {
  return {
    /**
     * Stores many points at once; a step that an earlier attempt measured is measured anew.
     * @throws {AbortedError} when the lease is lost
     */
    async append(runId: string, points: readonly MetricPoint[], lease: JobLease): Promise<void> {
      if (points.length === 0) return;
      await inTransaction(db, async (tx) => {
        await holdLease(tx, lease);
        await insertPoints(tx, runId, points);
      });
    },

    /** Names of the run's curves, sorted. */
    async keys(runId: string): Promise<string[]> {
      requireUuid('run', runId);
      const rows = await db.metricPoint.findMany({
        where: { runId },
        distinct: ['key'],
        select: { key: true },
        orderBy: { key: 'asc' },
      });
      return rows.map(({ key }) => key);
    },

    /**
     * The run's curves by key, each thinned to at most `maxPoints` stretches of equal length in steps.
     * @param request.keys empty or absent means all
     */
    async series(
      runId: string,
      request: { readonly keys?: readonly string[]; readonly maxPoints?: number } = {},
    ): Promise<MetricSeries[]> {
      requireUuid('run', runId);
      const { keys = [], maxPoints = 500 } = request;
      const rows = await db.$queryRaw<BucketRow[]>`
        WITH points AS (
          SELECT "key", "step", "value", NULLIF("value", 'NaN') AS "number",
                 min("step") OVER (PARTITION BY "key") AS "first", max("step") OVER (PARTITION BY "key") AS "last"
          FROM "MetricPoint"
          WHERE "runId" = ${runId}::uuid AND (cardinality(${[...keys]}::text[]) = 0 OR "key" = ANY (${[...keys]}::text[]))
        )
        SELECT "key", max("step")::int AS "step", count(*)::int AS "points",
               avg("number")::text AS "mean", min("number")::text AS "min", max("number")::text AS "max"
        FROM points
        GROUP BY "key", ("step" - "first")::bigint * ${maxPoints}::bigint / ("last" - "first" + 1)
        ORDER BY "key", max("step")`;
      const series = new Map<string, MetricBucket[]>();
      for (const { key, step, points, mean, min, max } of rows) {
        if (!series.has(key)) series.set(key, []);
        series.get(key)?.push({ step, points, mean: toNumber(mean), min: toNumber(min), max: toNumber(max) });
      }
      return [...series].map(([key, buckets]) => ({ key, buckets }));
    },

    /** The newest value of each curve of each run, for lists and comparisons. */
    async latest(runIds: readonly string[]): Promise<Map<string, Map<string, number>>> {
      for (const id of runIds) requireUuid('run', id);
      const rows = await db.$queryRaw<{ runId: string; key: string; value: string }[]>`
        SELECT DISTINCT ON ("runId", "key") "runId"::text, "key", "value"::text
        FROM "MetricPoint" WHERE "runId" = ANY (${[...runIds]}::uuid[])
        ORDER BY "runId", "key", "step" DESC`;
      const latest = new Map(runIds.map((id) => [id, new Map<string, number>()]));
      for (const { runId, key, value } of rows) latest.get(runId)?.set(key, toNumber(value));
      return latest;
    },
  };
}

/** Within a transaction that holds the job's lease. */
export async function insertPoints(tx: Transaction, runId: string, points: readonly MetricPoint[]): Promise<void> {
  // Of two values for one step the later counts; PostgreSQL refuses to update one row twice in a statement.
  const unique = [...new Map(points.map((point) => [`${point.step} ${point.key}`, point])).values()];
  await tx.$executeRaw`
    INSERT INTO "MetricPoint" ("runId", "key", "step", "value")
    SELECT ${runId}::uuid, p.key, p.step, p.value::float8
    FROM unnest(
      ${unique.map(({ key }) => key)}::text[],
      ${unique.map(({ step }) => step)}::int[],
      ${unique.map(({ value }) => String(value))}::text[]
    ) AS p(key, step, value)
    ON CONFLICT ("runId", "key", "step") DO UPDATE SET "value" = EXCLUDED."value", "at" = now()`;
}

function toNumber(text: string | null): number {
  return text === null ? Number.NaN : Number(text);
}
