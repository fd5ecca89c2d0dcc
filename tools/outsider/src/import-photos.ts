import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  FolderRole,
  type ImportSnapshotRequest,
  type ImportSnapshotResponse,
  type SkippedFile,
} from '@outsider/contracts';
import { scanDatasetFolder, type DatasetEntry } from '@outsider/images';
import type { Clients } from './connect.ts';

/** A photo to import; its bytes are read when their turn comes. */
export interface Photo {
  readonly path: string;
  readonly role: DatasetEntry['role'];
  /** Class or group. */
  readonly folder: string;
  readonly load: () => Promise<Buffer>;
}

export interface ImportPlan {
  readonly dataset: string;
  readonly seed: number;
  readonly photos: readonly Photo[];
  readonly skipped: readonly SkippedFile[];
}

/** Lists a folder of photos: `train/<class>/`, `valid/<class>/`, `irrelevant/…`, `unseen/<group>/`. */
export async function planFolder(folder: string, dataset: string, seed: number): Promise<ImportPlan> {
  const { entries, skipped } = await scanDatasetFolder(folder);
  const photos = entries.map(({ path: name, role, label, group }) => ({
    path: name,
    role,
    folder: label ?? group ?? '',
    load: () => readFile(path.join(folder, name)),
  }));
  return { dataset, seed, photos, skipped: [...skipped] };
}

/** Uploads the photos one by one and returns the snapshot that they make. */
export async function importPhotos(
  { datasets }: Pick<Clients, 'datasets'>,
  plan: ImportPlan,
  onProgress: (done: number, total: number) => void,
): Promise<ImportSnapshotResponse> {
  return datasets.importSnapshot(requests(plan, onProgress), { deadlineMs: 3_600_000 });
}

const roles: Readonly<Record<DatasetEntry['role'], FolderRole>> = {
  train: FolderRole.FOLDER_ROLE_TRAIN,
  valid: FolderRole.FOLDER_ROLE_VALID,
  irrelevant: FolderRole.FOLDER_ROLE_IRRELEVANT,
  unseen: FolderRole.FOLDER_ROLE_UNSEEN,
};

async function* requests(
  { dataset, seed, photos, skipped }: ImportPlan,
  onProgress: (done: number, total: number) => void,
): AsyncGenerator<ImportSnapshotRequest> {
  const header = { dataset, seed, requestId: randomUUID(), skipped: [...skipped] };
  yield { part: { $case: 'header', value: header } };
  let done = 0;
  for (const { path, role, folder, load } of photos) {
    yield { part: { $case: 'photo', value: { path, role: roles[role], folder, content: await load() } } };
    onProgress(++done, photos.length);
  }
}
