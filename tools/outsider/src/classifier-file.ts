import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ClassifierFile } from '@outsider/contracts';
import { InvalidArgumentError } from '@outsider/domain';

const chunkBytes = 4 * 1024 ** 2;

/**
 * What is announced of a file before it is uploaded.
 *
 * @throws {InvalidArgumentError} when it cannot be read
 */
export async function announceFile(file: string): Promise<ClassifierFile> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    return { name: path.basename(file), bytes: (await stat(file)).size, digest: hash.digest('hex') };
  } catch (cause) {
    throw new InvalidArgumentError(`${file} cannot be read: ${(cause as Error).message}`, {}, { cause });
  }
}

/** An upload: its header, then the file piece by piece, read as they are sent. */
export async function* uploadFile<Header>(
  header: Header,
  { bytes }: ClassifierFile,
  file: string,
  onProgress: (fraction: number) => void,
) {
  yield { part: { $case: 'header' as const, value: header } };
  let sent = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
    yield { part: { $case: 'chunk' as const, value: chunk as Buffer } };
    sent += (chunk as Buffer).length;
    onProgress(sent / bytes);
  }
}
