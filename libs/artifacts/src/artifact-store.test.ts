import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CorruptDataError, InvalidArgumentError, NotFoundError, ResourceExhaustedError } from '@outsider/domain';
import { openArtifactStore, type ArtifactStore } from './artifact-store.ts';

const content = Buffer.from('activations');
const digest = createHash('sha256').update(content).digest('hex');
const nobody = 'f'.repeat(64);

let folder: string;
let store: ArtifactStore;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'outsider-artifacts-'));
  store = await openArtifactStore(folder);
  return () => rmSync(folder, { recursive: true, force: true });
});

async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** Changes stored bytes behind the store's back, as a failing disk does. */
async function damage(file: string): Promise<void> {
  await chmod(file, 0o644);
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
  await writeFile(file, bytes);
}

async function* chunksOf(...chunks: string[]) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

describe('an artifact store', () => {
  it('names the same content the same, however it comes in, and stores it once', async () => {
    const file = path.join(folder, 'source');
    writeFileSync(file, content);
    const expected = { digest, bytes: content.length };
    expect(await store.putBytes(content)).toEqual(expected);
    expect(await store.putStream(chunksOf('acti', '', 'vations'))).toEqual(expected);
    expect(await store.putFile(file)).toEqual(expected);
    expect((await filesIn(folder)).sort()).toEqual([
      path.join(digest.slice(0, 2), digest.slice(2, 4), digest),
      'source',
    ]);
  });

  it('gives back what was put, whole, as a stream, and as a file', async () => {
    const large = Buffer.alloc(3 * 2 ** 20, 'abc');
    const { digest } = await store.putBytes(large);
    expect((await store.getBytes(digest)).equals(large)).toBe(true);
    expect(await store.sizeOf(digest)).toBe(large.length);
    const chunks = (await Array.fromAsync(await store.openStream(digest))) as Buffer[];
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
    expect((await readFile(await store.pathOf(digest))).equals(large)).toBe(true);
    expect(await store.has(digest)).toBe(true);
  });

  it('takes the same content from many writers at once', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => openArtifactStore(folder)));
    const put = await Promise.all(stores.map((each) => each.putStream(chunksOf('activations'))));
    expect(new Set(put.map((artifact) => artifact.digest))).toEqual(new Set([digest]));
    expect((await store.getBytes(digest)).equals(content)).toBe(true);
  });

  it('does not have what was never put, and takes no path for a digest', async () => {
    expect(await store.has(nobody)).toBe(false);
    await expect(store.getBytes(nobody)).rejects.toThrow(NotFoundError);
    await expect(store.openStream(nobody)).rejects.toThrow(NotFoundError);
    await expect(store.sizeOf(nobody)).rejects.toThrow(NotFoundError);
    await expect(store.pathOf(nobody)).rejects.toThrow(`no artifact "${nobody}"`);
    await expect(store.getBytes('../../etc/passwd')).rejects.toThrow(InvalidArgumentError);
  });

  it('finds damage, moves the damaged file aside, and takes the content anew', async () => {
    await store.putBytes(content);
    await damage(await store.pathOf(digest));
    await expect(store.getBytes(digest)).rejects.toThrow(CorruptDataError);
    expect(await readdir(path.join(folder, 'corrupt'))).toEqual([digest]);
    await expect(store.getBytes(digest)).rejects.toThrow(NotFoundError);
    await store.putBytes(content);
    expect((await store.getBytes(digest)).equals(content)).toBe(true);
  });

  it('finds damage at the end of a stream, and when a file is handed out', async () => {
    await store.putBytes(content);
    const file = await store.pathOf(digest);
    await damage(file);
    await expect(store.pathOf(digest)).rejects.toThrow(digest);
    await store.putBytes(content);
    await damage(file);
    await expect(Array.fromAsync(await store.openStream(digest))).rejects.toThrow(CorruptDataError);
  });

  it('keeps nothing of a stream that fails', async () => {
    async function* failing() {
      yield content;
      throw new Error('connection lost');
    }
    await expect(store.putStream(failing())).rejects.toThrow('connection lost');
    expect(await filesIn(folder)).toEqual([]);
  });

  it('sweeps what dead writers left, and leaves living ones alone', async () => {
    const [old, young] = ['old', 'young'].map((name) => path.join(folder, 'temporary', name)) as [string, string];
    writeFileSync(old, 'half');
    writeFileSync(young, 'half');
    utimesSync(old, new Date(0), new Date(0));
    expect(await store.sweepTemporary()).toBe(1);
    expect(readdirSync(path.join(folder, 'temporary'))).toEqual(['young']);
  });

  it('makes artifacts read-only', async () => {
    await store.putBytes(content);
    expect(statSync(await store.pathOf(digest)).mode & 0o222).toBe(0);
  });
});

const small = mkdtempSync(path.join(tmpdir(), 'outsider-small-disk-'));
const mounted = mountSmallDisk();

function mountSmallDisk(): boolean {
  try {
    mkdirSync(small, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('on a full disk', () => {
  let full: ArtifactStore;
  beforeAll(async () => {
    full = await openArtifactStore(small);
  });
  afterAll(() => {
    if (mounted) execFileSync('umount', [small], { stdio: 'ignore' });
    rmSync(small, { recursive: true, force: true });
  });

  it.skipIf(!mounted)('[needs the right to mount a 1 MiB disk] says so, and leaves nothing half written', async () => {
    const kept = await full.putBytes(content);
    const refused = await full.putBytes(Buffer.alloc(2 * 2 ** 20)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ResourceExhaustedError);
    expect((refused as Error).message).toContain('disk full');
    expect(await filesIn(small)).toEqual([path.join(digest.slice(0, 2), digest.slice(2, 4), digest)]);
    expect((await full.getBytes(kept.digest)).equals(content)).toBe(true);
    const { bytes } = await full.putBytes(Buffer.alloc(200_000));
    expect(bytes).toBe(200_000);
  });
});
