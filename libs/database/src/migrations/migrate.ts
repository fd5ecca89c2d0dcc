import { FailedPreconditionError } from '@outsider/domain';
import { PgBoss } from 'pg-boss';
import { toDomainError } from '../client/to-domain-error.ts';
import { withClient, withDatabase } from './migration-adapter.ts';
import { readMigrations, readSchema, writeMigration } from './migration-files.ts';
import { withSchemaEngine } from './schema-engine.ts';

const filters = { externalTables: [], externalEnums: [] };
/** Key of the advisory lock under which databases are made and migrated. */
const migrationLock = 7_236_401;

/**
 * Brings the store at `url` up to date: makes the database where there is none, applies the migrations that it lacks,
 * and installs the queue's own tables. Of several callers at a time one works and the others wait.
 *
 * @returns names of the migrations that were applied
 * @throws {UnavailableError} when the server cannot be reached
 */
export async function migrateDeploy(url: string): Promise<readonly string[]> {
  try {
    await ensureDatabase(url);
    return await withClient(url, async (lock) => {
      await lock.query('SELECT pg_advisory_lock($1)', [migrationLock]);
      const migrationsList = readMigrations();
      const applied = await withSchemaEngine(url, (engine) => engine.applyMigrations({ migrationsList, filters }));
      await installQueue(url);
      return applied.appliedMigrationNames;
    });
  } catch (error) {
    throw toDomainError(error);
  }
}

/**
 * Writes the migration that takes the store from the migrations so far to the schema, without applying it.
 * @param name lower-case words joined by underscores
 * @returns its path; undefined when the two agree already
 */
export async function createMigration(url: string, name: string): Promise<string | undefined> {
  const script = await diffMigrations(url);
  if (!script) return undefined;
  const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  return writeMigration(`${now}_${name}`, `${script}\n`);
}

/**
 * What the migrations lack of the schema, as SQL; empty when they agree. Uses a shadow database on the server at `url`.
 */
export async function diffMigrations(url: string): Promise<string> {
  return withSchemaEngine(url, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations() },
      to: { tag: 'schemaDatamodel', files: readSchema() },
      script: true,
      exitCode: true,
      filters,
    });
    return exitCode === 0 ? '' : (stdout ?? '').trim();
  });
}

/** @throws {FailedPreconditionError} when the schema has changes that no migration carries */
export async function checkMigrations(url: string): Promise<void> {
  const missing = await diffMigrations(url);
  if (missing) throw new FailedPreconditionError(`the schema has changes that no migration carries:\n${missing}`);
}

async function ensureDatabase(url: string): Promise<void> {
  try {
    await withClient(url, (client) => client.query('SELECT 1'));
  } catch (error) {
    // 3D000: invalid_catalog_name
    if ((error as { code?: string }).code !== '3D000') throw error;
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    await withClient(withDatabase(url, 'postgres'), async (client) => {
      await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    });
  }
}

/** pg-boss makes and migrates its tables when it starts. */
async function installQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: 'pgboss', max: 1, supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  await boss.stop({ graceful: false });
}
