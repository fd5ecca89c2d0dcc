import { InvalidArgumentError, NotFoundError } from '@outsider/domain';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { auditRepository } from '../access/audit-repository.ts';
import { createDatabase, type Database } from '../client/create-database.ts';
import { digestOf, sampleSnapshot } from '../testing/sample-store.ts';
import { testDatabase } from '../testing/test-database.ts';
import { datasetRepository } from './dataset-repository.ts';

let db: Database;
const opened: Database[] = [];
beforeEach(async () => {
  db = createDatabase(await testDatabase());
  opened.push(db);
});
afterAll(() => Promise.all(opened.map((each) => each.$disconnect())));

describe('datasetRepository', () => {
  it('stores a snapshot with its items and counts, and says who did it', async () => {
    const datasets = datasetRepository(db);
    const input = sampleSnapshot('pets', 3);
    const { snapshot, created } = await datasets.createSnapshot(input, 'ada');

    expect(created).toBe(true);
    expect(snapshot).toMatchObject({
      digest: input.digest,
      dataset: 'pets',
      classes: ['cat', 'dog'],
      createdBy: 'ada',
      report: input.report,
    });
    expect(snapshot.counts).toContainEqual({ split: 'train', label: 'dog', group: null, photos: 3 });
    expect(snapshot.counts.reduce((sum, { photos }) => sum + photos, 0)).toBe(input.items.length);
    expect(await datasets.readItems(input.digest)).toEqual(input.items);
    expect(await datasets.readItems(input.digest, ['select'])).toEqual(
      input.items.filter(({ split }) => split === 'select'),
    );
    const { items: audit } = await auditRepository(db).list({ subject: `snapshot:${input.digest}` });
    expect(audit).toMatchObject([{ actor: 'ada', action: 'import-snapshot', details: { photos: input.items.length } }]);
  });

  it('stores thousands of items in order', async () => {
    const input = sampleSnapshot('crowd', 400);
    await datasetRepository(db).createSnapshot(input, 'ada');
    expect(await datasetRepository(db).readItems(input.digest)).toEqual(input.items);
  });

  it('gives the stored snapshot for the same digest or the same request', async () => {
    const datasets = datasetRepository(db);
    const requestId = crypto.randomUUID();
    const first = await datasets.createSnapshot({ ...sampleSnapshot(), requestId }, 'ada');
    const again = await datasets.createSnapshot(sampleSnapshot(), 'bob');
    const sameRequest = await datasets.createSnapshot({ ...sampleSnapshot('other'), requestId }, 'bob');
    expect(again).toEqual({ snapshot: first.snapshot, created: false });
    expect(sameRequest).toEqual({ snapshot: first.snapshot, created: false });
    expect(await datasets.findSnapshotByRequest(requestId)).toEqual(first.snapshot);
  });

  it('stores one snapshot when two import it at once', async () => {
    const datasets = datasetRepository(db);
    const results = await Promise.all([1, 2, 3].map(() => datasets.createSnapshot(sampleSnapshot(), 'ada')));
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ snapshot }) => snapshot.digest)).size).toBe(1);
  });

  it('stores nothing when one item is not allowed', async () => {
    const input = sampleSnapshot();
    const twice = {
      ...input,
      items: [...input.items, { ...input.items[0]!, position: input.items.length, split: 'test' as const }],
    };
    await expect(datasetRepository(db).createSnapshot(twice, 'ada')).rejects.toThrow('there is already a');
    expect(await datasetRepository(db).findSnapshot(input.digest)).toBeUndefined();
    expect((await auditRepository(db).list()).items).toEqual([]);
  });

  it('pages through items and snapshots without loss or repetition', async () => {
    const datasets = datasetRepository(db);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await datasets.createSnapshot(sampleSnapshot(name), 'ada');
    const seen: string[] = [];
    for (let pageToken = ''; ;) {
      const page = await datasets.listSnapshots({ pageSize: 2, pageToken });
      seen.push(...page.items.map(({ dataset }) => dataset));
      pageToken = page.nextPageToken;
      if (!pageToken) break;
    }
    expect(seen).toEqual([...names].reverse());

    const { digest, items } = sampleSnapshot('a');
    const first = await datasets.listItems(digest, { pageSize: 10 });
    const second = await datasets.listItems(digest, { pageSize: 10, pageToken: first.nextPageToken });
    expect([...first.items, ...second.items]).toEqual(items);
    expect(second.nextPageToken).toBe('');
    expect((await datasets.listSnapshots({ dataset: 'c' })).items).toHaveLength(1);
  });

  it('refuses the page token of another list, and negative sizes', async () => {
    const datasets = datasetRepository(db);
    for (const name of ['a', 'b']) await datasets.createSnapshot(sampleSnapshot(name), 'ada');
    const { nextPageToken } = await datasets.listSnapshots({ pageSize: 1 });
    await expect(datasets.listDatasets({ pageToken: nextPageToken })).rejects.toThrow(InvalidArgumentError);
    await expect(datasets.listSnapshots({ pageToken: 'nonsense' })).rejects.toThrow(
      'page_token: expected one that a page of snapshots gave',
    );
    await expect(datasets.listSnapshots({ pageSize: -1 })).rejects.toThrow('page_size: expected 0 to 1000, got -1');
  });

  it('names what is not there', async () => {
    const datasets = datasetRepository(db);
    await expect(datasets.getSnapshot(digestOf('nothing'))).rejects.toThrow(NotFoundError);
    await expect(datasets.listItems('nonsense')).rejects.toThrow('no snapshot "nonsense"');
    await expect(datasets.itemsAt(digestOf('nothing'), [0])).rejects.toThrow(NotFoundError);
  });
});
