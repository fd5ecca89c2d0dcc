import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { storageError } from './storage-error.ts';

/**
 * Writes chunks to a temporary file, syncs it, and moves it to where it belongs; on any error nothing stays.
 *
 * @param destination asked for after the last chunk, because it may be named by the content
 * @returns bytes written
 * @throws {ResourceExhaustedError} when the disk is full
 * @throws {UnavailableError} when the file system refuses for another reason
 */
export async function placeFile(
  temporary: string,
  chunks: AsyncIterable<Uint8Array>,
  destination: () => string,
): Promise<number> {
  const temporaryFile = path.join(temporary, randomUUID());
  try {
    const bytes = await writeSynced(temporaryFile, chunks);
    const file = destination();
    await makeFolders([path.dirname(file)]);
    await rename(temporaryFile, file);
    await syncFolder(path.dirname(file));
    return bytes;
  } catch (error) {
    await rm(temporaryFile, { force: true });
    throw storageError(error, 'writing an artifact');
  }
}

async function writeSynced(file: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  // Read-only for everyone: what is named by its content must not change.
  const handle = await open(file, 'wx', 0o444);
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      for (let offset = 0; offset < chunk.byteLength;) {
        const { bytesWritten } = await handle.write(chunk, offset);
        offset += bytesWritten;
      }
      bytes += chunk.byteLength;
    }
    await handle.sync();
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Makes folders and syncs the parents of those that were made, so that they outlive a power cut. */
export async function makeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) continue;
    for (let made = folder; made.length >= first.length; made = path.dirname(made))
      await syncFolder(path.dirname(made));
  }
}

/** Makes renames within a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size in bytes, or size and time of change as one text; undefined when there is no such file. */
export async function sizeOf(file: string): Promise<number | undefined>;
export async function sizeOf(file: string, withTime: 'with time'): Promise<string | undefined>;
export async function sizeOf(file: string, withTime?: 'with time'): Promise<number | string | undefined> {
  try {
    const { size, mtimeMs } = await stat(file);
    return withTime ? `${size}@${mtimeMs}` : size;
  } catch {
    return undefined;
  }
}

/** Deletes files that have not changed for `olderThanMs`; returns how many. */
export async function sweepFolder(folder: string, olderThanMs: number): Promise<number> {
  let swept = 0;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const changedAt = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changedAt === undefined || Date.now() - changedAt < olderThanMs) continue;
    await rm(file, { force: true });
    swept++;
  }
  return swept;
}
