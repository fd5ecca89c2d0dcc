import { CancelledError, CorruptDataError, UnavailableError } from '@outsider/domain';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { downloadRest, type DownloadProgress } from './download-rest.ts';
import { readNpmSettings, type NpmSettings } from './npm-settings.ts';

export interface FetchOptions {
  /** Where finished files stay. A broken download waits beside them as `<file>.part`. */
  readonly cacheDir: string;
  /** A folder in which a person has put the files, for machines that cannot download. Looked at first. */
  readonly overrideDir?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** For another registry than the one that npm is configured with; its proxy and certificates hold for all downloads. */
  readonly npm?: NpmSettings;
}

/** A file whose content is known beforehand. */
export interface PinnedFile {
  /** Its name in the cache and in the override folder. */
  readonly file: string;
  /** What it is, in a message. */
  readonly what: string;
  /** `<algorithm>-<base64>`, as npm and browsers write digests. */
  readonly integrity: string;
}

export interface RemoteFile extends PinnedFile {
  /** Where it would have come from, in a message. */
  readonly origin: string;
  /** Connection failures in a row, without a byte in between, after which the download is given up. */
  readonly maxFailures: number;
  resolveAddress(npm: NpmSettings, signal?: AbortSignal): Promise<string>;
}

/**
 * A file that is here already: in `overrideDir`, where a person put it, or in the cache.
 *
 * @throws {CorruptDataError} when it is not what its digest says; in the cache it is moved aside
 */
export async function findPinnedFile(
  { file, what, integrity }: PinnedFile,
  { cacheDir, overrideDir }: FetchOptions,
): Promise<string | undefined> {
  if (overrideDir && (await exists(join(overrideDir, file)))) {
    const path = join(overrideDir, file);
    if ((await digestOf(path, integrity)) !== integrity)
      throw new CorruptDataError(`${path} is not ${what}: expected ${integrity}`);
    return path;
  }
  const path = join(cacheDir, file);
  if (!(await exists(path))) return undefined;
  if ((await digestOf(path, integrity)) !== integrity) throw await moveAside(path, path, what);
  return path;
}

/**
 * A file from `overrideDir`, from the cache, or downloaded.
 *
 * A download that breaks off is resumed where it stopped, also by a later call; a file is given its final name only when
 * its digest is right. Two processes may download the same file at once.
 *
 * @returns the path of the verified file
 * @throws {CorruptDataError} when a file is not what its digest says; in the cache it is moved aside
 * @throws {UnavailableError} when it cannot be downloaded; says which file to put where
 * @throws {CancelledError} when `signal` fires
 */
export async function fetchPinnedFile(wanted: RemoteFile, options: FetchOptions): Promise<string> {
  const { file, what, integrity } = wanted;
  const present = await findPinnedFile(wanted, options);
  if (present) return present;
  const path = join(options.cacheDir, file);
  await mkdir(options.cacheDir, { recursive: true });
  const part = `${path}.part`;
  const resumed = await exists(part);
  await download(wanted, part, options);
  if (resumed && (await exists(part)) && (await digestOf(part, integrity)) !== integrity) {
    // What an earlier call left may have been another file: once more from the start.
    await rm(part, { force: true });
    await download(wanted, part, options);
  }
  if (options.signal?.aborted) throw new CancelledError(`the download of ${what}`);
  try {
    if ((await digestOf(part, integrity)) !== integrity) throw await moveAside(part, path, what);
    await rename(part, path);
  } catch (error) {
    // Another process that downloaded the same bytes was first.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && (await exists(path)))
      return fetchPinnedFile(wanted, options);
    throw error;
  }
  return path;
}

async function download(wanted: RemoteFile, part: string, options: FetchOptions): Promise<void> {
  const { signal } = options;
  const npm = options.npm ?? (await readNpmSettings());
  let address: string | undefined;
  for (let failures = 0; ;) {
    const before = await sizeOf(part);
    try {
      address ??= await wanted.resolveAddress(npm, signal);
      return await downloadRest(address, part, npm, { ...options, file: wanted.file });
    } catch (error) {
      if (signal?.aborted) throw new CancelledError(`the download of ${wanted.what}`);
      const status = (error as { statusCode?: number }).statusCode;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= wanted.maxFailures || status === 404 || status === 401 || status === 403) {
        throw unreachable(wanted, options, error);
      }
      await sleep(500 * 2 ** failures, undefined, { signal }).catch(() => undefined);
    }
  }
}

function unreachable(
  { file, what, origin }: RemoteFile,
  { overrideDir, cacheDir }: FetchOptions,
  cause: unknown,
): UnavailableError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnavailableError(
    `${what} could not be downloaded from ${origin} (${reason}); try again, or put ${file} into ${overrideDir ?? cacheDir}`,
    { reason: 'ARCHIVE_UNREACHABLE', spec: what },
    { cause },
  );
}

async function moveAside(bad: string, path: string, what: string): Promise<CorruptDataError> {
  const aside = `${path}.corrupt`;
  await rename(bad, aside);
  return new CorruptDataError(
    `${basename(path)} is not what the pinned digest of ${what} says; it was moved to ${aside}, and the next attempt does without it`,
  );
}

/** In the algorithm of `integrity`. */
async function digestOf(path: string, integrity: string): Promise<string> {
  const algorithm = integrity.slice(0, integrity.indexOf('-'));
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return `${algorithm}-${hash.digest('base64')}`;
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
