import { createHash } from 'node:crypto';
import { FolderRole, type ImportHeader, type ImportSnapshotRequest } from '@outsider/contracts';
import sharp, { type Sharp } from 'sharp';

/** A small photo that no other name gives: noise drawn from a hash of the name. */
export async function drawPhoto(name: string): Promise<Buffer> {
  return toPixels(name).png({ compressionLevel: 0 }).toBuffer();
}

/** The same, for other encodings. */
export function toPixels(name: string): Sharp {
  const pixels = Buffer.concat(
    Array.from({ length: 24 }, (_, i) => createHash('sha256').update(`${name} ${i}`).digest()),
  );
  return sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } });
}

export function header(fields: Partial<ImportHeader> = {}): ImportSnapshotRequest {
  return { part: { $case: 'header', value: { dataset: 'pets', seed: 7, requestId: '', skipped: [], ...fields } } };
}

export function photo(
  path: string,
  content: Buffer,
  role: FolderRole = FolderRole.FOLDER_ROLE_TRAIN,
): ImportSnapshotRequest {
  const folder = path.split('/').at(-2) ?? '';
  return { part: { $case: 'photo', value: { path, role, folder, content } } };
}

/** `count` good photos of a folder. */
export async function photosOf(
  folder: string,
  count: number,
  role: FolderRole = FolderRole.FOLDER_ROLE_TRAIN,
): Promise<ImportSnapshotRequest[]> {
  const paths = Array.from({ length: count }, (_, i) => `${folder}/${i}.png`);
  return Promise.all(paths.map(async (path) => photo(path, await drawPhoto(path), role)));
}

/** A dataset that can be trained on: two classes and a group of irrelevant photos. */
export async function goodPhotos(): Promise<ImportSnapshotRequest[]> {
  return [
    ...(await photosOf('train/cat', 24)),
    ...(await photosOf('train/dog', 24)),
    ...(await photosOf('irrelevant/cars', 10, FolderRole.FOLDER_ROLE_IRRELEVANT)),
  ];
}
