import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { migrationsDigest } from '../migrations/migration-files.ts';
import { migrateDeploy } from '../migrations/migrate.ts';
import { withClient, withDatabase } from '../migrations/migration-adapter.ts';
import { noteUse, readAddress, sharedFolder, withLock } from './shared-server.ts';

/**
 * The address of a new, empty database with all migrations, on a server that all test processes share. It is copied
 * from a template, so that a test pays a fraction of a second. Nothing needs to be closed but one's own clients: the
 * server goes away by itself when it is idle.
 */
export async function testDatabase(): Promise<string> {
  const server = await withLock(async () => {
    noteUse();
    return readAddress()?.url ?? (await startServer());
  });
  const template = await ensureTemplate(server);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(withDatabase(server, 'postgres'), (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`),
  );
  noteUse();
  return withDatabase(server, name);
}

async function startServer(): Promise<string> {
  const logFile = path.join(sharedFolder, 'keeper.log');
  const log = openSync(logFile, 'w');
  const keeper = spawn(process.execPath, [path.join(import.meta.dirname, 'keep-shared-server.ts')], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  closeSync(log);
  keeper.unref();
  for (;;) {
    const address = readAddress();
    if (address && address.keeper.pid === keeper.pid) return address.url;
    if (keeper.exitCode !== null)
      throw new Error(`the server for tests does not start:\n${readFileSync(logFile, 'utf8')}`);
    await delay(50);
  }
}

/** Migrated once for each state of the migrations; of several callers one does it and the others wait. */
async function ensureTemplate(server: string): Promise<string> {
  const template = `template_${migrationsDigest().slice(0, 16)}`;
  return withClient(withDatabase(server, 'postgres'), async (client) => {
    const isReady = async () =>
      (await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [template])).rowCount === 1;
    if (await isReady()) return template;
    await client.query('SELECT pg_advisory_lock(7236402)');
    if (await isReady()) return template;
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await migrateDeploy(withDatabase(server, template));
    await client.query(`ALTER DATABASE ${template} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
    return template;
  });
}
