import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrateDeploy } from '../migrations/migrate.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../postgres/embedded-postgres.ts';

/** A server of one's own with a migrated database, for tests in which it goes away. Its address stays the same. */
export interface TestServer {
  readonly url: string;
  /** Shuts it down in order. */
  stop(): Promise<void>;
  /** Ends all its processes as a crash would. */
  kill(): Promise<void>;
  /** Leaves connections open that nobody answers, as a lost network does; until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** After `stop` or `kill`; recovers first where it must. */
  start(): Promise<void>;
  /** Stops it for good and removes its data. */
  remove(): Promise<void>;
}

export async function testServer(): Promise<TestServer> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'outsider-test-server-'));
  let server: EmbeddedPostgres | undefined = await startEmbeddedPostgres({ dataDir, durable: false });
  const { url, port } = server;
  await migrateDeploy(url);

  async function stop(): Promise<void> {
    await server?.stop();
    server = undefined;
  }

  /** To the server's main process and its children, one for each connection. */
  function signalAll(signal: NodeJS.Signals): void {
    if (!server) return;
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ');
    for (const pid of [server.pid, ...children.map(Number)]) process.kill(pid, signal);
  }

  return {
    url,
    stop,
    async kill() {
      if (server) process.kill(server.pid, 'SIGKILL');
      await stop();
    },
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async start() {
      server ??= await startEmbeddedPostgres({ dataDir, durable: false, port });
    },
    async remove() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
