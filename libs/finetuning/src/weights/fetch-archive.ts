import { CancelledError, CorruptDataError, UnavailableError } from '@outsider/domain';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import npmFetch from 'npm-registry-fetch';
import pacote from 'pacote';
import { readNpmSettings, type NpmSettings } from './npm-settings.ts';

export interface DownloadProgress {
  readonly file: string;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface FetchArchiveOptions {
  /** Where finished archives stay. A broken download waits beside them as `<file>.part`. */
  readonly cacheDir: string;
  /** A folder in which a person has put the archives, for machines that cannot download. Looked at first. */
  readonly overrideDir?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** For another registry than the one that npm is configured with. */
  readonly npm?: NpmSettings;
}

/** Connection failures in a row, without a byte in between, after which a download is given up. */
const maxFailures = 4;

/**
 * The archive of one version of an npm package, as a file: from `overrideDir`, from the cache, or downloaded from the
 * registry that npm is configured with.
 *
 * A download that breaks off is resumed where it stopped, also by a later call; a file is given its final name only when
 * its digest is right. Two processes may download the same archive at once.
 *
 * @param spec `name@version`
 * @param integrity `sha512-<base64>` as the registry states it, pinned by the caller
 * @returns the path of the verified .tgz
 * @throws {CorruptDataError} when a file is not what its digest says; in the cache it is moved aside
 * @throws {UnavailableError} when the registry cannot be reached; says which file to put where
 * @throws {CancelledError} when `signal` fires
 */
export async function fetchArchive(spec: string, integrity: string, options: FetchArchiveOptions): Promise<string> {
  const { cacheDir, overrideDir, signal } = options;
  const file = `${spec
    .replace(/^@/, '')
    .replaceAll('/', '-')
    .replace(/@([^@]+)$/, '-$1')}.tgz`;
  if (overrideDir && (await exists(join(overrideDir, file)))) {
    const path = join(overrideDir, file);
    if ((await digestOf(path)) !== integrity)
      throw new CorruptDataError(`${path} is not ${spec}: expected ${integrity}`);
    return path;
  }
  const path = join(cacheDir, file);
  if (await exists(path)) {
    if ((await digestOf(path)) !== integrity) throw await moveAside(path, path, spec);
    return path;
  }
  await mkdir(cacheDir, { recursive: true });
  const part = `${path}.part`;
  const resumed = await exists(part);
  await download(spec, part, options, file);
  if (resumed && (await exists(part)) && (await digestOf(part)) !== integrity) {
    // What an earlier call left may have been another file: once more from the start.
    await rm(part, { force: true });
    await download(spec, part, options, file);
  }
  if (signal?.aborted) throw new CancelledError(`the download of ${spec}`);
  try {
    if ((await digestOf(part)) !== integrity) throw await moveAside(part, path, spec);
    await rename(part, path);
  } catch (error) {
    // Another process that downloaded the same bytes was first.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && (await exists(path)))
      return fetchArchive(spec, integrity, options);
    throw error;
  }
  return path;
}

async function download(spec: string, part: string, options: FetchArchiveOptions, file: string): Promise<void> {
  const { signal } = options;
  const npm = options.npm ?? (await readNpmSettings());
  let address: string | undefined;
  for (let failures = 0; ;) {
    const before = await sizeOf(part);
    try {
      address ??= await pacote.resolve(spec, { ...npm, signal });
      return await downloadRest(address, part, npm, options, file);
    } catch (error) {
      if (signal?.aborted) throw new CancelledError(`the download of ${spec}`);
      const status = (error as { statusCode?: number }).statusCode;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= maxFailures || status === 404 || status === 401 || status === 403) {
        throw unreachable(spec, file, options, error);
      }
      await sleep(500 * 2 ** failures, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Appends what is missing; starts anew where the server does not know ranges. */
async function downloadRest(
  address: string,
  part: string,
  npm: NpmSettings,
  { onProgress, signal }: FetchArchiveOptions,
  file: string,
): Promise<void> {
  const present = await sizeOf(part);
  const headers = present > 0 ? { range: `bytes=${present}-` } : {};
  // No `cache`: the archive is kept by us and need not be in npm's cache too.
  const request = { ...npm, headers, signal, fetchRetries: 0 };
  const response = await npmFetch(address, request).catch((error: { statusCode?: number }) => {
    // The range starts at the end: everything is here already.
    if (error.statusCode === 416 && present > 0) return null;
    throw error;
  });
  if (!response) return;
  let position = response.status === 206 ? present : 0;
  const announced = Number(response.headers.get('content-length') ?? NaN);
  const totalBytes = Number.isNaN(announced) ? 0 : position + announced;

  const handle = await open(part, present > 0 ? 'r+' : 'w');
  try {
    if (position === 0) await handle.truncate(0);
    for await (const chunk of response.body) {
      // At its place rather than at the end: two processes then write the same bytes to the same places.
      await handle.write(chunk, 0, chunk.length, position);
      position += chunk.length;
      onProgress?.({ file, bytes: position, totalBytes });
      if (signal?.aborted) return;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (position < totalBytes) throw new Error(`the connection closed after ${position} of ${totalBytes} bytes`);
}

function unreachable(
  spec: string,
  file: string,
  { overrideDir, cacheDir }: FetchArchiveOptions,
  cause: unknown,
): UnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError(
    `${spec} could not be downloaded from the registry that npm is configured with (${reason}); try again, or put ${file} into ${overrideDir ?? cacheDir}`,
    { reason: 'ARCHIVE_UNREACHABLE', spec },
    { cause },
  );
}

async function moveAside(bad: string, path: string, spec: string): Promise<CorruptDataError> {
  const aside = `${path}.corrupt`;
  await rename(bad, aside);
  return new CorruptDataError(
    `${basename(path)} is not what the pinned digest of ${spec} says; it was moved to ${aside}, and the next attempt downloads it anew`,
  );
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return `sha512-${hash.digest('base64')}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
