import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ClassifierFile } from '@outsider/contracts';
import { InvalidArgumentError, parseDigest, ResourceExhaustedError, type Digest } from '@outsider/domain';

/** Reading a graph takes about three times its size in memory. */
export const maxFileBytes = 1024 ** 3;

/** What an upload announces, checked. */
export interface AnnouncedFile {
  readonly name: string;
  readonly bytes: number;
  readonly digest: Digest;
}

/** @throws {InvalidArgumentError} naming the field that cannot be */
export function readAnnouncement(file: ClassifierFile | undefined): AnnouncedFile {
  if (!file) throw new InvalidArgumentError('header.file: expected the name, size and digest of the file');
  const { name, bytes } = file;
  if (name.length < 1 || name.length > 200) {
    throw new InvalidArgumentError(`header.file.name: expected 1 to 200 characters, got ${name.length}`);
  }
  if (!(bytes > 0 && bytes <= maxFileBytes)) {
    throw new InvalidArgumentError(`header.file.bytes: expected 1 to ${maxFileBytes}, got ${bytes}`);
  }
  return { name, bytes, digest: parseDigest(file.digest, 'header.file.digest') };
}

/**
 * Writes an upload to a file of `folder`, hands that over, and removes it when `use` has ended, however it ends.
 *
 * @throws {InvalidArgumentError} when what came is not what was announced
 * @throws {ResourceExhaustedError} when the disk is full
 */
export async function withReceivedFile<Result>(
  folder: string,
  announced: AnnouncedFile,
  chunks: AsyncIterable<Uint8Array>,
  use: (file: string) => Promise<Result>,
): Promise<Result> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${randomUUID()}.onnx`);
  try {
    await receive(file, announced, chunks);
    return await use(file);
  } finally {
    await rm(file, { force: true });
  }
}

async function receive(file: string, announced: AnnouncedFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > announced.bytes) break;
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new ResourceExhaustedError('the disk of the training service is full', {}, { cause: error });
  } finally {
    await handle.close();
  }
  if (bytes !== announced.bytes) {
    const what = bytes > announced.bytes ? 'more' : `${bytes}`;
    throw new InvalidArgumentError(`the upload: expected ${announced.bytes} bytes, as announced, got ${what}`);
  }
  const digest = hash.digest('hex');
  if (digest !== announced.digest) {
    throw new InvalidArgumentError(`the upload: expected the sha-256 ${announced.digest}, as announced, got ${digest}`);
  }
}
