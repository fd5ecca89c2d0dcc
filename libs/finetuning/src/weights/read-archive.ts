import { CorruptDataError } from '@outsider/domain';
import * as tar from 'tar';

/**
 * The files of a .tgz whose path `wanted` accepts, in memory, by path (npm's archives start with `package/`).
 *
 * @throws {CorruptDataError} when it is not a readable archive
 */
export async function readArchive(path: string, wanted: (path: string) => boolean): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  try {
    await tar.list({
      file: path,
      strict: true,
      filter: wanted,
      onReadEntry(entry) {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk) => chunks.push(chunk));
        entry.on('end', () => files.set(entry.path, Buffer.concat(chunks)));
      },
    });
  } catch (error) {
    throw new CorruptDataError(
      `${path} cannot be read as an archive: ${(error as Error).message}`,
      {},
      { cause: error },
    );
  }
  return files;
}
