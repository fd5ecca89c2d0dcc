import { readdirSync } from 'node:fs';
import { checkHealth, FolderRole, Split, type ImportSnapshotRequest } from '@outsider/contracts';
import { datasetRepository } from '@outsider/database';
import { testServer } from '@outsider/database/testing';
import {
  CancelledError,
  InvalidArgumentError,
  PermissionDeniedError,
  ResourceExhaustedError,
  UnauthenticatedError,
  UnavailableError,
} from '@outsider/domain';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPhoto, goodPhotos, header, photo, photosOf, toPixels } from './draw-photos.ts';
import { serveTraining, type ServedTraining } from './serve-training.ts';

let served: ServedTraining;
beforeAll(async () => {
  served = await serveTraining();
}, 60_000);
afterAll(() => served.stop(), 30_000);

async function snapshots(): Promise<number> {
  return served.db.datasetSnapshot.count();
}

/** The refusal of an upload, which must leave no snapshot behind. */
async function refusal(requests: Iterable<ImportSnapshotRequest>): Promise<unknown> {
  const before = await snapshots();
  const error = await served.operator.datasets.importSnapshot(requests).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(await snapshots()).toBe(before);
  return error;
}

describe('ImportSnapshot', { timeout: 30_000 }, () => {
  it('makes a snapshot whose photos can be read back by their digests', async () => {
    const { snapshot, skipped, duplicates } = await served.operator.datasets.importSnapshot([
      header(),
      ...(await goodPhotos()),
    ]);
    expect(snapshot).toMatchObject({ dataset: 'pets', classes: ['cat', 'dog'], groups: ['cars'] });
    expect([skipped, duplicates]).toEqual([[], []]);

    const digest = snapshot?.digest ?? '';
    const { items } = await served.viewer.datasets.listSnapshotItems({ digest, pageSize: 1000, pageToken: '' });
    expect(items).toHaveLength(58);
    for (const { split, label, group } of items) {
      if (split === Split.SPLIT_TRAIN || split === Split.SPLIT_CALIBRATE) expect(group).toBe('');
      if (split === Split.SPLIT_SELECT) expect(label).toBe('');
    }
    const stored = readdirSync(served.artifactsDir, { recursive: true }).map(String).join('\n');
    for (const { contentDigest } of items) expect(stored).toContain(contentDigest.slice(8));
  });

  it('gives the same snapshot for the same photos, and for the same request', async () => {
    const requestId = crypto.randomUUID();
    const photos = await goodPhotos();
    const first = await served.operator.datasets.importSnapshot([header({ requestId, seed: 8 }), ...photos]);
    const again = await served.operator.datasets.importSnapshot([header({ requestId, seed: 8 }), ...photos]);
    const shuffled = await served.operator.datasets.importSnapshot([header({ seed: 8 }), ...photos.toReversed()]);
    expect(again).toEqual(first);
    expect(shuffled.snapshot?.digest).toBe(first.snapshot?.digest);
  });

  it('takes photos as cameras and programs write them', async () => {
    const odd = [
      photo('train/cat/cmyk.jpg', await toPixels('cmyk').toColourspace('cmyk').jpeg().toBuffer()),
      photo('train/cat/grey.png', await toPixels('grey').greyscale().png().toBuffer()),
      photo('train/cat/deep.png', await toPixels('deep').toColourspace('rgb16').png().toBuffer()),
      photo('train/cat/turned.jpg', await toPixels('turned').withMetadata({ orientation: 6 }).jpeg().toBuffer()),
      photo(
        'train/cat/moving.gif',
        await sharp([await drawPhoto('one'), await drawPhoto('two')], { join: { animated: true } })
          .gif()
          .toBuffer(),
      ),
    ];
    const { snapshot, skipped } = await served.operator.datasets.importSnapshot([
      header({ dataset: 'odd' }),
      ...(await goodPhotos()),
      ...odd,
    ]);
    expect(skipped).toEqual([]);
    const photos = snapshot?.counts.reduce((sum, count) => sum + count.photos, 0);
    expect(photos).toBe(58 + odd.length);
  });

  it('leaves out files that are no photos, and names each with its reason', async () => {
    const whole = await toPixels('whole').jpeg().toBuffer();
    const bomb = Buffer.from(await drawPhoto('bomb'));
    bomb.writeUInt32BE(20_000, 16);
    bomb.writeUInt32BE(20_000, 20);
    const bad = [
      photo('train/cat/empty.jpg', Buffer.alloc(0)),
      photo('train/cat/cut.jpg', whole.subarray(0, whole.length >> 1)),
      photo('train/dog/letter.jpg', Buffer.from('Dear Sir or Madam')),
      photo('train/dog/huge.png', bomb),
    ];
    const scanned = { path: 'train/cat/.DS_Store', reason: 'a hidden file' };
    const good = [...(await photosOf('many/cat', 60)), ...(await photosOf('many/dog', 60))];
    const { snapshot, skipped } = await served.operator.datasets.importSnapshot([
      header({ dataset: 'with bad files', skipped: [scanned] }),
      ...good,
      ...bad,
    ]);
    expect(skipped.map(({ path }) => path).sort()).toEqual(
      [
        'train/cat/.DS_Store',
        'train/cat/cut.jpg',
        'train/cat/empty.jpg',
        'train/dog/huge.png',
        'train/dog/letter.jpg',
      ].sort(),
    );
    const reasons = new Map(skipped.map(({ path, reason }) => [path, reason]));
    expect(reasons.get('train/cat/empty.jpg')).toMatch(/empty/);
    expect(reasons.get('train/dog/huge.png')).toMatch(/20000|20,000|pixel/);
    expect(snapshot?.groups).toEqual([]);
    const report = (await datasetRepository(served.db).getSnapshot(snapshot?.digest ?? '')).report;
    expect(report.skipped).toEqual(skipped);
  });

  it('keeps the same photo out of the later split, and says so', async () => {
    const [copied] = await photosOf('train/cat', 1);
    const content = copied?.part?.$case === 'photo' ? copied.part.value.content : Buffer.alloc(0);
    const valid = await photosOf('valid/cat', 6, FolderRole.FOLDER_ROLE_VALID);
    const { snapshot, duplicates } = await served.operator.datasets.importSnapshot([
      header({ dataset: 'with copies' }),
      photo('valid/cat/copy.png', content, FolderRole.FOLDER_ROLE_VALID),
      ...valid,
      ...(await goodPhotos()),
    ]);
    expect(duplicates).toEqual([
      { path: 'valid/cat/copy.png', reason: expect.stringContaining('train/cat/0.png') as string },
    ]);
    const items = await datasetRepository(served.db).readItems(snapshot?.digest ?? '');
    expect(items.filter(({ path }) => path === 'train/cat/0.png' || path === 'valid/cat/copy.png')).toMatchObject([
      { split: 'train' },
    ]);
  });

  it('refuses a class of which more than 5 % cannot be read', async () => {
    const bad = [1, 2].map((i) => photo(`train/cat/bad${i}.jpg`, Buffer.from('no photo')));
    const error = await refusal([header(), ...(await goodPhotos()), ...bad]);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/class "cat": 2 of 26 files cannot be read.*at most 5 %/) as string,
    });
  });

  it.each([
    ['nothing at all', [], 'the first message of an upload is its header'],
    ['a header only', [header()], 'the dataset has no photos of any class; expected at least two classes'],
    ['a second header', [header(), header()], 'every message after the header carries a photo'],
    ['no dataset name', [header({ dataset: '  ' })], 'header.dataset: expected a name of 1 to 100 characters, got 0'],
    ['an empty message', [header(), { part: undefined }], 'every message after the header carries a photo'],
  ] satisfies [string, ImportSnapshotRequest[], string][])('refuses %s', async (_, requests, message) => {
    const error = await refusal(requests);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) as string });
  });

  it('refuses one class only, a class without a name, and names that the store cannot keep', async () => {
    const cats = await photosOf('train/cat', 24);
    expect(await refusal([header(), ...cats])).toMatchObject({
      message: expect.stringContaining('one class only, "cat"') as string,
    });
    const nameless = { path: 'x.png', role: FolderRole.FOLDER_ROLE_TRAIN, folder: '', content: await drawPhoto('x') };
    expect(await refusal([header(), { part: { $case: 'photo', value: nameless } }])).toBeInstanceOf(
      InvalidArgumentError,
    );
    const roleless = { ...nameless, folder: 'cat', role: FolderRole.FOLDER_ROLE_UNSPECIFIED };
    expect(await refusal([header(), { part: { $case: 'photo', value: roleless } }])).toBeInstanceOf(
      InvalidArgumentError,
    );
    const nul = await refusal([header({ dataset: 'pets\0', seed: 99 }), ...(await goodPhotos())]);
    expect(nul).toBeInstanceOf(InvalidArgumentError);
    expect(await refusal([header({ requestId: 'not a uuid', seed: 98 }), ...(await goodPhotos())])).toMatchObject({
      message: 'request_id: expected a UUID, got "not a uuid"',
    });
  });

  it('refuses a message of 50 MB', async () => {
    expect(await refusal([header(), photo('train/cat/large.png', Buffer.alloc(50 * 2 ** 20))])).toBeInstanceOf(
      ResourceExhaustedError,
    );
  });

  it('stores nothing of an upload that its sender breaks off', async () => {
    const abort = new AbortController();
    const before = await snapshots();
    async function* broken(): AsyncGenerator<ImportSnapshotRequest> {
      yield header({ dataset: 'broken off', seed: 97 });
      yield* await goodPhotos();
      abort.abort();
    }
    await expect(served.operator.datasets.importSnapshot(broken(), { signal: abort.signal })).rejects.toThrow(
      CancelledError,
    );
    expect(await snapshots()).toBe(before);
  });

  it('lets only operators in', async () => {
    await expect(served.viewer.datasets.importSnapshot([header()])).rejects.toThrow(PermissionDeniedError);
    await expect(served.clientsOf('guess').datasets.importSnapshot([header()])).rejects.toThrow(UnauthenticatedError);
  });
});

describe('a training service whose store goes away', { timeout: 60_000 }, () => {
  it('says so, answers UNAVAILABLE, and serves again when it is back', async () => {
    const store = await testServer();
    const service = await serveTraining({ databaseUrl: store.url });
    const requests = [header(), ...(await goodPhotos())];
    const untilHealthIs = async (status: string) => {
      while ((await checkHealth(service.address)) !== status) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    try {
      await untilHealthIs('SERVING');
      await store.kill();
      await untilHealthIs('NOT_SERVING');
      await expect(service.operator.datasets.importSnapshot(requests)).rejects.toThrow(UnavailableError);
      await store.start();
      await untilHealthIs('SERVING');
      expect((await service.operator.datasets.importSnapshot(requests)).snapshot?.classes).toEqual(['cat', 'dog']);
    } finally {
      await service.stop();
      await store.remove();
    }
  });
});
