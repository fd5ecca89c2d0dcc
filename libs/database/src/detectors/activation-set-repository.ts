import { type Digest, type Layer } from '@outsider/domain';
import type { ActivationSet as ActivationSetRow } from '../generated/client.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { holdLease } from '../jobs/hold-lease.ts';
import type { JobLease } from '../jobs/job.ts';

/** The activations of a whole snapshot at one layer of one version: row i is item i. */
export interface ActivationSet {
  readonly id: string;
  readonly snapshotDigest: Digest;
  readonly backboneVersion: Digest;
  readonly layer: Layer;
  readonly preprocessingDigest: Digest;
  /** `.npy`, float32, [rows, dimension]. */
  readonly artifact: Digest;
  readonly rows: number;
  readonly dimension: number;
  readonly createdAt: Date;
}

export type NewActivationSet = Omit<ActivationSet, 'id' | 'createdAt'>;

/** Which activations are stored. */
export function activationSetRepository(db: Database | Transaction) {
  return {
    /**
     * The set of this snapshot, version and layer: the stored one when there is one, else this.
     * @throws {AbortedError} when the lease is lost
     * @throws {FailedPreconditionError} for a version that is not stored, or that has another preprocessing
     */
    async add(input: NewActivationSet, lease: JobLease): Promise<ActivationSet> {
      const { snapshotDigest, backboneVersion: backboneVersionDigest, layer, ...rest } = input;
      return inTransaction(db, async (tx) => {
        await holdLease(tx, lease);
        const key = { snapshotDigest, backboneVersionDigest, layer };
        await tx.activationSet.createMany({ data: { ...rest, ...key }, skipDuplicates: true });
        return toActivationSet(
          await tx.activationSet.findUniqueOrThrow({ where: { snapshotDigest_backboneVersionDigest_layer: key } }),
        );
      });
    },

    async find(snapshotDigest: Digest, backboneVersion: Digest, layer: Layer): Promise<ActivationSet | undefined> {
      const key = { snapshotDigest, backboneVersionDigest: backboneVersion, layer };
      const row = await db.activationSet.findUnique({ where: { snapshotDigest_backboneVersionDigest_layer: key } });
      return row ? toActivationSet(row) : undefined;
    },

    /** Of one version, oldest first. */
    async listByVersion(backboneVersion: Digest): Promise<ActivationSet[]> {
      const rows = await db.activationSet.findMany({
        where: { backboneVersionDigest: backboneVersion },
        orderBy: [{ createdAt: 'asc' }, { layer: 'asc' }],
      });
      return rows.map(toActivationSet);
    },
  };
}

function toActivationSet({ backboneVersionDigest, ...row }: ActivationSetRow): ActivationSet {
  return { ...row, backboneVersion: backboneVersionDigest, layer: row.layer as Layer };
}
