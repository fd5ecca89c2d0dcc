// A process of its own, started by the first test that needs a database: runs the shared server, and takes it and all
// its data away once nobody has used it for a minute.
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withClient, withDatabase } from '../migrations/migration-adapter.ts';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { identityOf } from '../postgres/process-identity.ts';
import { sharedFolder, withLock, writeAddress } from './shared-server.ts';

const idleMs = 60_000;
const dataDir = path.join(sharedFolder, 'postgres');

const server = await startEmbeddedPostgres({ dataDir, durable: false, onExit: () => process.exit(1) });
writeAddress({ url: server.url, keeper: identityOf(process.pid) });

let busyAt = Date.now();
for (let over = false; !over;) {
  await delay(5_000);
  if ((await countSessions()) > 0) busyAt = Date.now();
  if (idleSince() > idleMs) {
    over = await withLock(async () => {
      if (idleSince() <= idleMs || (await countSessions()) > 0) return false;
      await server.stop();
      rmSync(sharedFolder, { recursive: true, force: true });
      return true;
    });
  }
}
process.exit();

function idleSince(): number {
  const usedAt = statSync(path.join(sharedFolder, 'last-used'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - Math.max(busyAt, usedAt);
}

async function countSessions(): Promise<number> {
  return withClient(withDatabase(server.url, 'postgres'), async (client) => {
    const { rows } = await client.query(
      "SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    return (rows as { sessions: number }[])[0]?.sessions ?? 0;
  });
}
