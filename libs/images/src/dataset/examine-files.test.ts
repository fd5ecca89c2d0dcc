import { CancelledError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { drawWaves, encoderFor } from '../pixels/draw-test-image.ts';
import { type DatasetEntry } from './dataset-entry.ts';
import { examineFiles, type ExaminedEntry } from './examine-files.ts';
import { examineImage } from './examine-image.ts';

let folder: string;
const contents = new Map<string, Buffer>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outsider-examine-'));
  for (let i = 0; i < 12; i++)
    contents.set(
      `${i}.jpg`,
      await encoderFor(drawWaves(40 + i, 30, i))
        .jpeg()
        .toBuffer(),
    );
  const whole = contents.get('3.jpg') as Buffer;
  contents.set('cut.jpg', whole.subarray(0, whole.length - 40));
  contents.set('empty.jpg', Buffer.alloc(0));
  contents.set('notes.jpg', Buffer.from('not a photo'));
  for (const [name, bytes] of contents) await writeFile(join(folder, name), bytes);
});

afterAll(() => rm(folder, { recursive: true }));

function entry(path: string): DatasetEntry {
  return { path, role: 'train', label: 'x', group: null };
}

async function collect(entries: AsyncIterable<ExaminedEntry>): Promise<ExaminedEntry[]> {
  const list: ExaminedEntry[] = [];
  for await (const examined of entries) list.push(examined);
  return list;
}

describe('examineFiles', () => {
  it('describes photos and names the problem of everything else, in order', async () => {
    const paths = ['5.jpg', 'cut.jpg', '0.jpg', 'empty.jpg', 'missing.jpg', 'notes.jpg'];
    const examined = await collect(examineFiles(folder, paths.map(entry), { concurrency: 3 }));
    expect(examined.map(({ path }) => path)).toEqual(paths);
    const [five, cut, zero, empty, missing, notes] = examined;
    const bytes = contents.get('5.jpg') as Buffer;
    expect(five).toMatchObject({
      label: 'x',
      width: 45,
      height: 30,
      format: 'jpeg',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(zero).toMatchObject({ width: 40 });
    expect(cut).toMatchObject({ problem: expect.stringMatching(/^the JPEG image is corrupt or truncated/) });
    expect(empty).toMatchObject({ problem: expect.stringMatching(/^the image is empty \(0 bytes\)/) });
    expect(missing).toMatchObject({ problem: 'the file cannot be read (ENOENT)' });
    expect(notes).toMatchObject({ problem: expect.stringMatching(/^found text; expected a JPEG/) });
  });

  it('refuses a file by its size without reading it', async () => {
    const limits = { maxBytes: 100, maxPixels: 10 ** 6 };
    const [examined] = await collect(examineFiles(folder, [entry('5.jpg')], { limits }));
    expect(examined).toMatchObject({
      problem: expect.stringMatching(/^the file has \d+ bytes; expected at most 100$/),
    });
  });

  it('hands every readable photo on, and ends when that fails', async () => {
    const seen: string[] = [];
    const paths = ['1.jpg', 'cut.jpg', '2.jpg'];
    async function onImage({ path }: DatasetEntry, bytes: Uint8Array): Promise<void> {
      expect(Buffer.from(bytes).equals(contents.get(path) as Buffer)).toBe(true);
      seen.push(path);
    }
    await collect(examineFiles(folder, paths.map(entry), { onImage }));
    expect(seen.sort()).toEqual(['1.jpg', '2.jpg']);
    const full = examineFiles(folder, paths.map(entry), { onImage: () => Promise.reject(new Error('disk full')) });
    await expect(collect(full)).rejects.toThrow('disk full');
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    const paths = Array.from({ length: 12 }, (_, i) => entry(`${i}.jpg`));
    const examined = examineFiles(folder, paths, { concurrency: 2, signal: controller.signal });
    await examined.next();
    controller.abort();
    await expect(collect(examined)).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('examineImage', () => {
  function distance(a: string | null, b: string | null): number {
    const bits = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
    return bits.toString(2).replaceAll('0', '').length;
  }

  it('gives a fingerprint that survives resizing and compression, and tells photos apart', async () => {
    const drawing = drawWaves(120, 90, 2);
    const original = await examineImage(await encoderFor(drawing).png().toBuffer());
    const smaller = await examineImage(await encoderFor(drawing).resize(80, 60).jpeg({ quality: 60 }).toBuffer());
    const other = await examineImage(
      await encoderFor(drawWaves(120, 90, 3))
        .png()
        .toBuffer(),
    );
    expect(original.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(original.sha256).not.toBe(smaller.sha256);
    expect(distance(original.fingerprint, smaller.fingerprint)).toBeLessThanOrEqual(3);
    expect(distance(original.fingerprint, other.fingerprint)).toBeGreaterThan(10);
  });

  it('gives no fingerprint to a flat image', async () => {
    const flat = { width: 20, height: 20, data: new Uint8Array(1200).fill(99) };
    expect((await examineImage(await encoderFor(flat).png().toBuffer())).fingerprint).toBeNull();
  });
});
