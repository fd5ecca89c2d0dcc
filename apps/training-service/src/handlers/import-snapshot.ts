import type { ImportSnapshotRequest, ImportSnapshotResponse } from '@outsider/contracts';
import { FolderRole, type ImportHeader, type ImportPhoto } from '@outsider/contracts';
import { clientStreaming } from '@outsider/contracts/server';
import { DomainError, InvalidArgumentError } from '@outsider/domain';
import {
  examineImage,
  mapConcurrent,
  planSnapshot,
  snapshotManifest,
  type DatasetEntry,
  type DatasetRole,
  type ExaminedEntry,
  type SnapshotPlan,
} from '@outsider/images';
import type { Context } from '../context.ts';
import { toSnapshotMessage } from '../messages/to-snapshot-message.ts';

/** Photos decoded at once: each may take as much memory as its pixels. */
const concurrency = 4;

const roles: Readonly<Record<number, DatasetRole>> = {
  [FolderRole.FOLDER_ROLE_TRAIN]: 'train',
  [FolderRole.FOLDER_ROLE_VALID]: 'valid',
  [FolderRole.FOLDER_ROLE_IRRELEVANT]: 'irrelevant',
  [FolderRole.FOLDER_ROLE_UNSEEN]: 'unseen',
};

/**
 * ImportSnapshot: looks at each photo as it comes, keeps the good ones as artifacts, and stores the snapshot at the end
 * or not at all. Photos of an upload that fails stay behind as artifacts that nothing names.
 */
export function importSnapshot(context: Context) {
  return clientStreaming<ImportSnapshotRequest, ImportSnapshotResponse>('operator', async (requests, { principal }) => {
    const iterator = requests[Symbol.asyncIterator]();
    const header = readHeader(await iterator.next());
    const examined: ExaminedEntry[] = [];
    const photos = { [Symbol.asyncIterator]: () => iterator };
    for await (const entry of mapConcurrent(photos, concurrency, (request) => examine(context, request))) {
      examined.push(entry);
    }
    const plan = planSnapshot(examined, { seed: header.seed, skipped: header.skipped });
    return store(context, header, plan, principal.name);
  });
}

function readHeader({ done, value }: IteratorResult<ImportSnapshotRequest>): ImportHeader {
  if (done || value.part?.$case !== 'header') {
    throw new InvalidArgumentError('the first message of an upload is its header; it was missing');
  }
  const header = value.part.value;
  const name = header.dataset.trim();
  if (name.length < 1 || name.length > 100) {
    throw new InvalidArgumentError(`header.dataset: expected a name of 1 to 100 characters, got ${name.length}`);
  }
  return { ...header, dataset: name };
}

async function examine({ artifacts }: Context, { part }: ImportSnapshotRequest): Promise<ExaminedEntry> {
  if (part?.$case !== 'photo') throw new InvalidArgumentError('every message after the header carries a photo');
  const { content } = part.value;
  const entry = toEntry(part.value);
  try {
    const image = await examineImage(content);
    await artifacts.putBytes(content);
    return { ...entry, ...image };
  } catch (error) {
    // A file that is no photo is reported and left out; a full disk is not the photo's fault and ends the upload.
    if (error instanceof DomainError && error.code === 'invalid-argument') return { ...entry, problem: error.message };
    throw error;
  }
}

function toEntry({ path, role: number, folder }: ImportPhoto): DatasetEntry {
  const role = roles[number];
  if (!role) throw new InvalidArgumentError(`role of "${path}": expected train, valid, irrelevant or unseen`);
  const irrelevant = role === 'irrelevant' || role === 'unseen';
  if (!irrelevant && folder === '')
    throw new InvalidArgumentError(`folder of "${path}": expected the name of its class`);
  return { path, role, label: irrelevant ? null : folder, group: irrelevant ? folder || 'irrelevant' : null };
}

async function store(
  { repositories, artifacts }: Context,
  { dataset, seed, requestId }: ImportHeader,
  plan: SnapshotPlan,
  actor: string,
): Promise<ImportSnapshotResponse> {
  const { json, digest } = snapshotManifest(plan);
  const manifest = await artifacts.putBytes(Buffer.from(json));
  const skipped = [...plan.report.unreadable, ...plan.report.skipped];
  const duplicates = plan.report.duplicates.map(({ path, reason }) => ({ path, reason }));
  const items = plan.items.map(({ sha256, ...item }, position) => ({ ...item, position, contentDigest: sha256 }));
  const { snapshot } = await repositories.datasets.createSnapshot(
    {
      digest,
      dataset,
      manifestArtifact: manifest.digest,
      classes: plan.classes,
      groups: plan.groups,
      report: { skipped, duplicates },
      seed,
      requestId: requestId || undefined,
      items,
    },
    actor,
  );
  // A snapshot that was there already comes with the report of its own import.
  const { report } = snapshot;
  return { snapshot: toSnapshotMessage(snapshot), skipped: [...report.skipped], duplicates: [...report.duplicates] };
}
