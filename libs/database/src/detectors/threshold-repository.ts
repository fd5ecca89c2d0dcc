import { InvalidArgumentError, NotFoundError } from '@outsider/domain';
import type { Threshold as ThresholdRow } from '../generated/client.ts';
import { recordAudit } from '../access/audit-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import type { JsonObject } from '../client/json.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { requireUuid } from '../client/uuid.ts';
import type { NewThreshold, Threshold } from './detector.ts';

/** Thresholds: an append-only list for each detector, of which the one activated last is in force. */
export function thresholdRepository(db: Database | Transaction) {
  return {
    /**
     * Stores a threshold and puts it in force.
     * @throws {NotFoundError} without such a detector
     * @throws {InvalidArgumentError} without a reason
     */
    async create(input: NewThreshold, actor: string): Promise<Threshold> {
      requireUuid('detector', input.detectorId);
      const reason = requireReason(input.reason);
      return inTransaction(db, async (tx) => {
        const detector = await tx.detector.findUnique({ where: { id: input.detectorId } });
        if (!detector) throw new NotFoundError('detector', input.detectorId);
        const row = await tx.threshold.create({
          data: {
            ...input,
            backboneVersionDigest: detector.backboneVersionDigest,
            policy: input.policy as object,
            operatingPoint: input.operatingPoint as object,
            author: actor,
            reason,
          },
        });
        await activate(tx, row, actor, reason);
        return toThreshold(row);
      });
    },

    /** Puts an earlier threshold back in force. @throws {NotFoundError} */
    async activate(thresholdId: string, actor: string, reason: string): Promise<Threshold> {
      requireUuid('threshold', thresholdId);
      const sentence = requireReason(reason);
      return inTransaction(db, async (tx) => {
        const row = await tx.threshold.findUnique({ where: { id: thresholdId } });
        if (!row) throw new NotFoundError('threshold', thresholdId);
        await activate(tx, row, actor, sentence);
        return toThreshold(row);
      });
    },

    /** @throws {NotFoundError} */
    async get(id: string): Promise<Threshold> {
      requireUuid('threshold', id);
      const row = await db.threshold.findUnique({ where: { id } });
      if (!row) throw new NotFoundError('threshold', id);
      return toThreshold(row);
    },

    /** The threshold in force. @throws {NotFoundError} when the detector has none */
    async getActive(detectorId: string): Promise<Threshold> {
      const active = await findActive(detectorId);
      if (!active) throw new NotFoundError('active threshold of detector', detectorId);
      return active;
    },

    findActive,

    /** A detector's thresholds, newest first. */
    async list(detectorId: string, request: PageRequest = {}): Promise<Page<Threshold>> {
      requireUuid('detector', detectorId);
      const position = readPage('thresholds', request);
      const rows = await db.threshold.findMany({
        where: { detectorId },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { id: position.after }, skip: 1 }),
      });
      return toPage('thresholds', position, rows, (row) => row.id, toThreshold);
    },
  };

  async function findActive(detectorId: string): Promise<Threshold | undefined> {
    requireUuid('detector', detectorId);
    const row = await db.thresholdActivation.findFirst({
      where: { detectorId },
      orderBy: { id: 'desc' },
      include: { threshold: true },
    });
    return row ? toThreshold(row.threshold) : undefined;
  }
}

async function activate(
  tx: Transaction,
  { id: thresholdId, detectorId, value }: ThresholdRow,
  author: string,
  reason: string,
): Promise<void> {
  await tx.thresholdActivation.create({ data: { detectorId, thresholdId, author, reason } });
  await recordAudit(tx, {
    actor: author,
    action: 'activate-threshold',
    subject: `detector:${detectorId}`,
    details: { thresholdId, value, reason },
  });
}

/** @throws {InvalidArgumentError} when it is empty */
export function requireReason(reason: string): string {
  const sentence = reason.trim();
  if (sentence === '') throw new InvalidArgumentError('reason: expected one sentence, got nothing');
  return sentence;
}

export function toThreshold({ backboneVersionDigest, ...row }: ThresholdRow): Threshold {
  return {
    ...row,
    backboneVersion: backboneVersionDigest,
    policy: row.policy as JsonObject,
    operatingPoint: row.operatingPoint as JsonObject,
  };
}
