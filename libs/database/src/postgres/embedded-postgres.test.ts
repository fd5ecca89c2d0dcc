import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { FailedPreconditionError } from '@outsider/domain';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withClient, withDatabase } from '../migrations/migration-adapter.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.ts';
import { processExists } from './process-identity.ts';

let folder: string;
let dataDir: string;
const running: EmbeddedPostgres[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'outsider-embedded-'));
  dataDir = path.join(folder, 'data');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(
  options: { dataDir?: string; durable?: boolean; port?: number; restart?: boolean; onExit?: () => void } = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, ...options });
  running.push(server);
  return server;
}

async function ask<T>(server: { url: string }, text: string): Promise<T[]> {
  return withClient(withDatabase(server.url, 'postgres'), async (client) => (await client.query(text)).rows as T[]);
}

describe('startEmbeddedPostgres', () => {
  it('keeps data from one start to the next', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE notes AS SELECT 42 AS answer');
    await first.stop();
    expect(processExists(first.pid)).toBe(false);
    expect(await ask(await start(), 'SELECT answer FROM notes')).toEqual([{ answer: 42 }]);
  });

  it('listens on the loopback interface only and asks for the password that only its owner reads', async () => {
    const server = await start();
    expect(await ask(server, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await ask(server, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await expect(ask({ url: wrong.href }, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const file = path.join(dataDir, 'password');
    expect(new URL(server.url).password).toBe(readFileSync(file, 'utf8'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('syncs to disk when asked to be durable', async () => {
    const settings =
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name";
    const durable = await start({ durable: true });
    expect(await ask(durable, settings)).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  it('recovers after all its processes were killed, with what was committed', async () => {
    let exits = 0;
    const first = await start({ durable: true, onExit: () => exits++ });
    await ask(first, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    process.kill(first.pid, 'SIGKILL');
    while (exits === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await first.stop();
    running.length = 0;
    expect(await ask(await start({ durable: true }), 'SELECT count(*)::int AS rows FROM kept')).toEqual([
      { rows: 1000 },
    ]);
  });

  it('starts the server again at the same address when it was killed, if asked to', async () => {
    const server = await start({ restart: true });
    const { pid, url } = server;
    process.kill(pid, 'SIGKILL');
    while (server.pid === pid) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await ask({ url }, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(processExists(server.pid)).toBe(false);
  });

  it('takes over the server that a killed process left, and refuses the folder of a living one', async () => {
    const script = `const { startEmbeddedPostgres } = await import(${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))});
      const { pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
      console.log(pid); setInterval(() => undefined, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(other.stdout, 'data')) as [Buffer];
    await expect(start()).rejects.toThrow(`is in use by process ${other.pid}; stop it first, or choose another folder`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const server = await start();
    expect(server.pid).toBe(Number(output));
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(startEmbeddedPostgres({ dataDir, durable: false })).rejects.toThrow(FailedPreconditionError);
  });

  it('is not misled by the pid file of a server that is long gone', async () => {
    // The number now belongs to this very test.
    writeFileSync(
      path.join(dataDir, 'cluster/postmaster.pid'),
      `${process.pid}\n${dataDir}/cluster\n1\n5432\n\n127.0.0.1\n\nready   \n`,
    );
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says which port is taken', async () => {
    const holder = net.createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as net.AddressInfo;
    await expect(start({ port })).rejects.toThrow(`port ${port} is taken`);
    await new Promise((resolve) => holder.close(resolve));
    expect((await start({ port })).port).toBe(port);
  });

  it('refuses the folder of another version of PostgreSQL', async () => {
    const old = path.join(folder, 'old');
    mkdirSync(path.join(old, 'cluster'), { recursive: true });
    writeFileSync(path.join(old, 'cluster/PG_VERSION'), '15\n');
    await expect(start({ dataDir: old })).rejects.toThrow('was made by PostgreSQL 15, this is 18');
  });

  it('keeps its data where it was told to, even below a folder that only this user may enter', async () => {
    const closed = path.join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    chmodSync(closed, 0o700);
    const server = await start({ dataDir: path.join(closed, 'data') });
    await ask(server, 'CREATE TABLE here AS SELECT 1');
    expect(readFileSync(path.join(closed, 'data/cluster/PG_VERSION'), 'utf8').trim()).toBe('18');
    await server.stop();
    expect(
      await ask(await start({ dataDir: path.join(closed, 'data') }), 'SELECT count(*)::int AS rows FROM here'),
    ).toEqual([{ rows: 1 }]);
  });
});
