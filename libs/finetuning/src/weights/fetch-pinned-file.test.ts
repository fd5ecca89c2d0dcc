import { CorruptDataError, UnavailableError } from '@outsider/domain';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchPinnedFile, findPinnedFile, type RemoteFile } from './fetch-pinned-file.ts';

const content = Buffer.from('weights, as a host serves them at a fixed address');
const integrity = `md5-${createHash('md5').update(content).digest('base64')}`;

let answer: (response: ServerResponse) => void;
let requests: number;
let server: Server;
let cacheDir: string;
let remote: RemoteFile;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'pinned-'));
  requests = 0;
  answer = (response) => response.writeHead(200, { 'content-length': content.length }).end(content);
  server = createServer((_request, response) => {
    requests += 1;
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/folder/some.h5`;
  remote = {
    file: 'some.h5',
    what: 'the weights',
    integrity,
    origin: address,
    maxFailures: 2,
    resolveAddress: async () => address,
  };
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cacheDir, { recursive: true });
});

// fetch-archive.test.ts holds the tests of everything that all downloads share.
describe('fetchPinnedFile', { timeout: 30_000 }, () => {
  it('downloads from a fixed address, checks an md5, and finds the file from then on', async () => {
    expect(await findPinnedFile(remote, { cacheDir })).toBeUndefined();
    const path = await fetchPinnedFile(remote, { cacheDir, npm: {} });
    expect(await readFile(path)).toEqual(content);
    expect(await findPinnedFile(remote, { cacheDir })).toBe(path);
    expect(await fetchPinnedFile(remote, { cacheDir, npm: {} })).toBe(path);
    expect(requests).toBe(1);
  });

  it('moves aside what has another md5', async () => {
    answer = (response) => response.writeHead(200, { 'content-length': 5 }).end('bogus');
    await expect(fetchPinnedFile(remote, { cacheDir, npm: {} })).rejects.toThrow(CorruptDataError);
    expect(await readdir(cacheDir)).toEqual(['some.h5.corrupt']);
  });

  it('gives up after as many failures as were allowed, and says which file to put where', async () => {
    answer = (response) => response.writeHead(503).end();
    const attempt = fetchPinnedFile(remote, { cacheDir, npm: {} });
    await expect(attempt).rejects.toThrow(UnavailableError);
    await expect(attempt).rejects.toThrow(`put some.h5 into ${cacheDir}`);
    expect(requests).toBe(2);
  });
});
