import { createHash, randomUUID, type Hash } from 'node:crypto';
import { access, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ExportBackboneVersionResponse, ExportedFile } from '@outsider/contracts';
import { AlreadyExistsError, CorruptDataError } from '@outsider/domain';

export interface ReceiveOptions {
  /** Made when missing. */
  readonly folder: string;
  /** Replace files that are there. */
  readonly force: boolean;
  readonly onProgress: (file: ExportedFile, fraction: number) => void;
}

interface Incoming {
  readonly file: ExportedFile;
  readonly temporary: string;
  readonly handle: FileHandle;
  readonly hash: Hash;
  bytes: number;
}

/**
 * Writes files as they come, under temporary names; they get their own, the first one last, when all of them are whole.
 * When anything fails nothing stays.
 *
 * @returns where they are
 * @throws {AlreadyExistsError} for a file that is there already, before its bytes come
 * @throws {CorruptDataError} when what came is not what was announced
 */
export async function receiveFiles(
  responses: AsyncIterable<ExportBackboneVersionResponse>,
  { folder, force, onProgress }: ReceiveOptions,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const received: Incoming[] = [];
  try {
    for await (const { part } of responses) {
      if (part?.$case === 'file') {
        await finish(received.at(-1));
        received.push(await begin(folder, part.value, force));
      } else if (part?.$case === 'chunk') {
        const incoming = received.at(-1);
        if (!incoming) throw new CorruptDataError('the answer begins with bytes of no file');
        await incoming.handle.writeFile(part.value);
        incoming.hash.update(part.value);
        incoming.bytes += part.value.length;
        onProgress(incoming.file, incoming.bytes / incoming.file.bytes);
      }
    }
    await finish(received.at(-1));
    const files = received.map(({ file }) => path.join(folder, file.name));
    // The first file names the others: whoever sees it sees them.
    for (let i = files.length - 1; i >= 0; i--) await rename(received[i]!.temporary, files[i]!);
    return files;
  } catch (error) {
    for (const { handle, temporary } of received) {
      await handle.close().catch(() => undefined);
      await rm(temporary, { force: true });
    }
    throw error;
  }
}

async function begin(folder: string, file: ExportedFile, force: boolean): Promise<Incoming> {
  const { name } = file;
  if (name !== path.basename(name) || name.startsWith('.') || name.includes('\\')) {
    throw new CorruptDataError(`the service names a file "${name.slice(0, 80)}", expected a name without folders`);
  }
  const target = path.join(folder, name);
  if (!force && (await exists(target))) {
    throw new AlreadyExistsError(`${target} is there already; --force replaces it`);
  }
  const temporary = path.join(folder, `.${name}.${randomUUID()}`);
  return { file, temporary, handle: await open(temporary, 'wx'), hash: createHash('sha256'), bytes: 0 };
}

/** Checks the file that came last, and makes it durable. */
async function finish(incoming: Incoming | undefined): Promise<void> {
  if (!incoming) return;
  const { file, handle, hash, bytes } = incoming;
  const digest = hash.digest('hex');
  if (bytes !== file.bytes || digest !== file.digest) {
    throw new CorruptDataError(
      `${file.name}: expected ${file.bytes} bytes with the sha-256 ${file.digest}, got ${bytes} with ${digest}`,
    );
  }
  await handle.sync();
  await handle.close();
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
