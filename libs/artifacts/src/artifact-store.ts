import { createReadStream } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { CorruptDataError, NotFoundError, parseDigest, type Digest } from '@outsider/domain';
import { hashing, sha256, sha256OfFile } from './sha256.ts';
import { isMissing, storageError } from './storage-error.ts';
import { makeFolders, placeFile, sizeOf, sweepFolder, syncFolder } from './write-durably.ts';

/** What was stored: the name it is found under, and its size in bytes. */
export interface Artifact {
  readonly digest: Digest;
  readonly bytes: number;
}

/** Immutable blobs, each named by the sha-256 of its content. Several processes may share one store. */
export interface ArtifactStore {
  readonly folder: string;
  /** @throws {ResourceExhaustedError} when the disk is full; nothing is left behind then */
  putBytes(bytes: Uint8Array): Promise<Artifact>;
  /** Stores what a stream yields; when the stream throws, nothing is stored. */
  putStream(chunks: AsyncIterable<Uint8Array>): Promise<Artifact>;
  /** Stores a copy of a file. */
  putFile(file: string): Promise<Artifact>;
  /**
   * @throws {NotFoundError} when nothing is stored under the digest
   * @throws {CorruptDataError} when the stored bytes are not what their digest says: they are moved aside
   */
  getBytes(digest: Digest): Promise<Buffer>;
  /** Like {@link getBytes}, in chunks. A corrupt artifact shows only at the end, as an error instead of the end. */
  openStream(digest: Digest): Promise<Readable>;
  /**
   * Size in bytes, as stored.
   * @throws {NotFoundError} when nothing is stored under the digest
   */
  sizeOf(digest: Digest): Promise<number>;
  /** Where the artifact lies, for programs that read files themselves. Verified the first time, and when it changed. */
  pathOf(digest: Digest): Promise<string>;
  has(digest: Digest): Promise<boolean>;
  /** Deletes what writers that died have left; returns how many files. Those younger than `olderThanMs` may be alive. */
  sweepTemporary(olderThanMs?: number): Promise<number>;
}

/**
 * Opens a store in a folder, which is made when missing.
 *
 * A blob is written under a temporary name, synced, renamed, and its folder synced: after a power cut it is there whole
 * or not at all.
 */
export async function openArtifactStore(folder: string): Promise<ArtifactStore> {
  const root = path.resolve(folder);
  const temporary = path.join(root, 'temporary');
  const corrupt = path.join(root, 'corrupt');
  const verified = new Map<Digest, string>();
  await makeFolders([temporary, corrupt]);

  function fileOf(digest: Digest): string {
    parseDigest(digest, 'artifact');
    return path.join(root, digest.slice(0, 2), digest.slice(2, 4), digest);
  }

  async function moveAside(digest: Digest): Promise<CorruptDataError> {
    verified.delete(digest);
    const aside = path.join(corrupt, digest);
    const moved = await rename(fileOf(digest), aside).then(
      () => true,
      () => false,
    );
    const where = moved ? `; moved to ${aside}` : '';
    return new CorruptDataError(`artifact ${digest}: the stored bytes are not what the digest says${where}`, {
      digest,
    });
  }

  async function put(chunks: AsyncIterable<Uint8Array>): Promise<Artifact> {
    const hash = hashing(chunks);
    const placed = await placeFile(temporary, hash.chunks, () => fileOf(hash.digest()));
    return { digest: hash.digest(), bytes: placed };
  }

  async function has(digest: Digest): Promise<boolean> {
    return (await sizeOf(fileOf(digest))) !== undefined;
  }

  return {
    folder: root,
    async putBytes(bytes) {
      const digest = sha256(bytes);
      const stored = await sizeOf(fileOf(digest));
      if (stored === bytes.byteLength) {
        // Whoever wrote it may not have synced its folder yet, and our caller will count on it.
        await syncFolder(path.dirname(fileOf(digest)));
        return { digest, bytes: stored };
      }
      return put(Readable.from([bytes]));
    },
    putStream: put,
    putFile: (file) => put(createReadStream(file)),
    async getBytes(digest) {
      const bytes = await readFile(fileOf(digest)).catch((error: unknown) => {
        throw isMissing(error)
          ? new NotFoundError('artifact', digest)
          : storageError(error, `reading artifact ${digest}`);
      });
      if (sha256(bytes) !== digest) throw await moveAside(digest);
      return bytes;
    },
    async openStream(digest) {
      if (!(await has(digest))) throw new NotFoundError('artifact', digest);
      const { chunks, digest: actual } = hashing(createReadStream(fileOf(digest), { highWaterMark: 1 << 20 }));
      async function* verifying(): AsyncGenerator<Uint8Array> {
        yield* chunks;
        if (actual() !== digest) throw await moveAside(digest);
      }
      return Readable.from(verifying(), { objectMode: false });
    },
    async sizeOf(digest) {
      const size = await sizeOf(fileOf(digest));
      if (size === undefined) throw new NotFoundError('artifact', digest);
      return size;
    },
    async pathOf(digest) {
      const file = fileOf(digest);
      const size = await sizeOf(file, 'with time');
      if (size === undefined) throw new NotFoundError('artifact', digest);
      if (verified.get(digest) !== size) {
        if ((await sha256OfFile(file)) !== digest) throw await moveAside(digest);
        verified.set(digest, size);
      }
      return file;
    },
    has,
    sweepTemporary: (olderThanMs = 3_600_000) => sweepFolder(temporary, olderThanMs),
  };
}
