import { NotFoundError, type Digest, type Layer } from '@outsider/domain';
import type { Prisma } from '../generated/client.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import type { JsonObject } from '../client/json.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { requireUuid } from '../client/uuid.ts';
import { holdLease } from '../jobs/hold-lease.ts';
import type { JobLease } from '../jobs/job.ts';
import type { Detector, NewDetector } from './detector.ts';
import { toThreshold } from './threshold-repository.ts';

/** The latest activation says which threshold is in force. */
const withThreshold = {
  activations: { orderBy: { id: 'desc' }, take: 1, include: { threshold: true } },
} as const satisfies Prisma.DetectorInclude;
type DetectorRow = Prisma.DetectorGetPayload<{ include: typeof withThreshold }>;

/** Fitted detectors, each with its threshold in force. */
export function detectorRepository(db: Database | Transaction) {
  return {
    /**
     * Stores what the job has fitted. The same method and model of the same job again give the detector that is stored,
     * so that a job that starts over does not make a second one.
     * @throws {AbortedError} when the lease is lost
     */
    async create(input: NewDetector, lease: JobLease): Promise<Detector> {
      const { backboneVersion, options, evaluation, layers, ...rest } = input;
      const { jobId } = lease;
      return inTransaction(db, async (tx) => {
        await holdLease(tx, lease);
        const data = { ...rest, jobId, backboneVersionDigest: backboneVersion, options: options as object };
        await tx.detector.createMany({
          data: { ...data, evaluation: evaluation as object, layers: [...layers] },
          skipDuplicates: true,
        });
        const { method, modelArtifact } = input;
        const key = { jobId_method_modelArtifact: { jobId, method, modelArtifact } };
        return toDetector(await tx.detector.findUniqueOrThrow({ where: key, include: withThreshold }));
      });
    },

    /** @throws {NotFoundError} */
    async get(id: string): Promise<Detector> {
      requireUuid('detector', id);
      const row = await db.detector.findUnique({ where: { id }, include: withThreshold });
      if (!row) throw new NotFoundError('detector', id);
      return toDetector(row);
    },

    /** Newest first; with `backboneVersion`, only of that version; with `jobId`, only those that job fitted. */
    async list(
      request: PageRequest & { readonly backboneVersion?: Digest; readonly jobId?: string } = {},
    ): Promise<Page<Detector>> {
      const position = readPage('detectors', request);
      const rows = await db.detector.findMany({
        where: {
          ...(request.backboneVersion && { backboneVersionDigest: request.backboneVersion }),
          ...(request.jobId && { jobId: request.jobId }),
        },
        include: withThreshold,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('detectors', position, rows, (row) => row.id, toDetector);
    },
  };
}

function toDetector({ backboneVersionDigest, activations, ...row }: DetectorRow): Detector {
  const active = activations[0]?.threshold;
  return {
    ...row,
    backboneVersion: backboneVersionDigest,
    options: row.options as JsonObject,
    evaluation: row.evaluation as JsonObject,
    layers: row.layers as Layer[],
    threshold: active ? toThreshold(active) : null,
  };
}
