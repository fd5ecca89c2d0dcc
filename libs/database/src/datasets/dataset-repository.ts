import { NotFoundError, type Digest, type Split } from '@outsider/domain';
import type { DatasetSnapshot as SnapshotRow, SnapshotItem as ItemRow } from '../generated/client.ts';
import { recordAudit } from '../access/audit-repository.ts';
import type { Database, Transaction } from '../client/create-database.ts';
import { inTransaction } from '../client/in-transaction.ts';
import { readPage, toPage, type Page, type PageRequest } from '../client/page.ts';
import { readRequestId } from '../client/uuid.ts';
import {
  countItems,
  type Dataset,
  type NewSnapshot,
  type Snapshot,
  type SnapshotItem,
  type SplitCount,
} from './snapshot.ts';

const withDataset = { dataset: true } as const;

/** Datasets and their immutable snapshots. */
export function datasetRepository(db: Database | Transaction) {
  async function find(where: { digest: Digest } | { requestId: string }): Promise<Snapshot | undefined> {
    const row = await db.datasetSnapshot.findUnique({ where, include: withDataset });
    return row ? toSnapshot(row) : undefined;
  }

  async function insert(tx: Transaction, input: NewSnapshot, requestId: string | null, actor: string): Promise<void> {
    const { digest, dataset, manifestArtifact, classes, groups, report, seed, items } = input;
    const { id: datasetId } = await tx.dataset.upsert({
      where: { name: dataset },
      create: { name: dataset },
      update: {},
    });
    await tx.datasetSnapshot.create({
      data: {
        digest,
        datasetId,
        manifestArtifact,
        classes: [...classes],
        groups: [...groups],
        counts: countItems(items).map((count) => ({ ...count })),
        report: {
          skipped: report.skipped.map((file) => ({ ...file })),
          duplicates: report.duplicates.map((file) => ({ ...file })),
        },
        seed,
        requestId,
        createdBy: actor,
      },
    });
    await insertItems(tx, digest, items);
    await recordAudit(tx, {
      actor,
      action: 'import-snapshot',
      subject: `snapshot:${digest}`,
      details: { dataset, photos: items.length },
    });
  }

  return {
    /**
     * Stores a snapshot with all its items, or nothing. A digest or request that is stored already gives the stored
     * snapshot, with `created` false.
     */
    async createSnapshot(
      input: NewSnapshot,
      actor: string,
    ): Promise<{ readonly snapshot: Snapshot; readonly created: boolean }> {
      const requestId = readRequestId(input.requestId);
      const findStored = async () =>
        (requestId ? await find({ requestId }) : undefined) ?? (await find({ digest: input.digest }));
      const stored = await findStored();
      if (stored) return { snapshot: stored, created: false };
      try {
        await inTransaction(db, (tx) => insert(tx, input, requestId, actor));
      } catch (error) {
        // Somebody may have stored the same snapshot meanwhile.
        const winner = '$transaction' in db ? await findStored() : undefined;
        if (winner) return { snapshot: winner, created: false };
        throw error;
      }
      return { snapshot: await getSnapshot(input.digest), created: true };
    },

    getSnapshot,

    async findSnapshot(digest: Digest): Promise<Snapshot | undefined> {
      return find({ digest });
    },

    /** What an earlier request with this id stored. */
    async findSnapshotByRequest(requestId: string): Promise<Snapshot | undefined> {
      const id = readRequestId(requestId);
      return id ? find({ requestId: id }) : undefined;
    },

    /** Newest first; with `dataset`, only of that name. */
    async listSnapshots(request: PageRequest & { readonly dataset?: string } = {}): Promise<Page<Snapshot>> {
      const position = readPage('snapshots', request);
      const rows = await db.datasetSnapshot.findMany({
        where: request.dataset ? { dataset: { name: request.dataset } } : {},
        include: withDataset,
        orderBy: [{ createdAt: 'desc' }, { digest: 'desc' }],
        take: position.size + 1,
        ...(position.after && { cursor: { digest: position.after }, skip: 1 }),
      });
      return toPage('snapshots', position, rows, (row) => row.digest, toSnapshot);
    },

    /** By name. */
    async listDatasets(request: PageRequest = {}): Promise<Page<Dataset>> {
      const position = readPage('datasets', request);
      const rows = await db.dataset.findMany({
        orderBy: { name: 'asc' },
        take: position.size + 1,
        ...(position.after && { cursor: { name: position.after }, skip: 1 }),
      });
      return toPage(
        'datasets',
        position,
        rows,
        (row) => row.name,
        (row): Dataset => row,
      );
    },

    /** In the snapshot's own order. @throws {NotFoundError} when there is no such snapshot */
    async listItems(digest: Digest, request: PageRequest = {}): Promise<Page<SnapshotItem>> {
      await getSnapshot(digest);
      const position = readPage('snapshot-items', request);
      const rows = await db.snapshotItem.findMany({
        where: { snapshotDigest: digest, position: { gt: position.after === undefined ? -1 : Number(position.after) } },
        orderBy: { position: 'asc' },
        take: position.size + 1,
      });
      return toPage('snapshot-items', position, rows, (row) => row.position, toItem);
    },

    /** All items in the snapshot's own order; with `splits`, only theirs. @throws {NotFoundError} */
    async readItems(digest: Digest, splits?: readonly Split[]): Promise<SnapshotItem[]> {
      await getSnapshot(digest);
      const rows = await db.snapshotItem.findMany({
        where: { snapshotDigest: digest, ...(splits && { split: { in: [...splits] } }) },
        orderBy: { position: 'asc' },
      });
      return rows.map(toItem);
    },

    /** The items at these positions, in the order asked for. @throws {NotFoundError} when one is missing */
    async itemsAt(digest: Digest, positions: readonly number[]): Promise<SnapshotItem[]> {
      const rows = await db.snapshotItem.findMany({
        where: { snapshotDigest: digest, position: { in: [...positions] } },
      });
      const byPosition = new Map(rows.map((row) => [row.position, toItem(row)]));
      return positions.map((position) => {
        const item = byPosition.get(position);
        if (!item) throw new NotFoundError('snapshot item', `${digest}/${position}`);
        return item;
      });
    },

    /**
     * Photos that one snapshot holds out for another purpose, though another snapshot's split `train` has them, by
     * content: how many, and the path of the first.
     */
    async countTrainedOn(digest: Digest, trainedOn: Digest): Promise<{ count: number; first: string }> {
      const [found] = await db.$queryRaw<{ count: number; first: string | null }[]>`
        SELECT count(*)::int AS "count", (array_agg(held."path" ORDER BY held."position"))[1] AS "first"
        FROM "SnapshotItem" held
        JOIN "SnapshotItem" trained USING ("contentDigest")
        WHERE held."snapshotDigest" = ${digest} AND held."split" <> 'train'
          AND trained."snapshotDigest" = ${trainedOn} AND trained."split" = 'train'`;
      return { count: found?.count ?? 0, first: found?.first ?? '' };
    },

    /** Whether a photo of this content is in any snapshot: what a browser may ask for. */
    async holdsPhoto(contentDigest: Digest): Promise<boolean> {
      return (await db.snapshotItem.findFirst({ where: { contentDigest }, select: { position: true } })) !== null;
    },
  };

  /** @throws {NotFoundError} */
  async function getSnapshot(digest: Digest): Promise<Snapshot> {
    const snapshot = await find({ digest });
    if (!snapshot) throw new NotFoundError('snapshot', digest.slice(0, 80));
    return snapshot;
  }
}

/** One statement and one array a column: many times faster than rows of parameters. */
async function insertItems(tx: Transaction, digest: Digest, items: readonly SnapshotItem[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "SnapshotItem" ("snapshotDigest", "position", "contentDigest", "path", "split", "label", "group", "bytes")
    SELECT ${digest}, i.position, i.content, i.path, i.split::"Split", i.label, i.irrelevant, i.bytes
    FROM unnest(
      ${items.map(({ position }) => position)}::int[],
      ${items.map(({ contentDigest }) => contentDigest)}::text[],
      ${items.map(({ path }) => path)}::text[],
      ${items.map(({ split }) => split)}::text[],
      ${items.map(({ label }) => label)}::text[],
      ${items.map(({ group }) => group)}::text[],
      ${items.map(({ bytes }) => bytes)}::int[]
    ) AS i(position, content, path, split, label, irrelevant, bytes)`;
}

function toSnapshot(row: SnapshotRow & { dataset: { name: string } }): Snapshot {
  const { digest, manifestArtifact, classes, groups, seed, createdAt, createdBy } = row;
  return {
    digest,
    dataset: row.dataset.name,
    manifestArtifact,
    classes,
    groups,
    counts: row.counts as unknown as SplitCount[],
    report: row.report as unknown as Snapshot['report'],
    seed,
    createdAt,
    createdBy,
  };
}

function toItem({ snapshotDigest: _, ...item }: ItemRow): SnapshotItem {
  return item;
}
