import { UnavailableError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/test-database.ts';
import { withClient, withDatabase } from './migration-adapter.ts';
import { readMigrations } from './migration-files.ts';
import { checkMigrations, migrateDeploy } from './migrate.ts';

let server: string;
const made: string[] = [];
beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() =>
  withClient(server, async (client) => {
    for (const name of made) await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }),
);

function freshDatabase(): string {
  const name = `Odd name ${made.length}`;
  made.push(name);
  return withDatabase(server, name);
}

describe('migrateDeploy', () => {
  it('makes the database, applies every migration once, and installs the queue', async () => {
    const url = freshDatabase();
    const names = readMigrations().migrationDirectories.map(({ path }) => path);
    expect(await migrateDeploy(url)).toEqual(names);
    expect(await migrateDeploy(url)).toEqual([]);
    await withClient(url, async (client) => {
      const { rows } = await client.query('SELECT migration_name, checksum FROM _prisma_migrations ORDER BY 1');
      expect(rows.map((row: { migration_name: string }) => row.migration_name)).toEqual(names);
      expect((await client.query("SELECT to_regclass('pgboss.job') AS queue")).rows).toEqual([{ queue: 'pgboss.job' }]);
      // A function's body has semicolons; it must arrive whole.
      expect((await client.query("SELECT prosrc FROM pg_proc WHERE proname = 'guard_job'")).rows[0]).toMatchObject({
        prosrc: expect.stringContaining('RETURN NEW;') as string,
      });
    });
  });

  it('says that the server cannot be reached', async () => {
    await expect(migrateDeploy('postgresql://outsider@127.0.0.1:1/outsider')).rejects.toThrow(UnavailableError);
  });

  it('lets several callers migrate one database at once', async () => {
    const url = freshDatabase();
    const applied = await Promise.all([migrateDeploy(url), migrateDeploy(url), migrateDeploy(url)]);
    expect(applied.flat()).toHaveLength(readMigrations().migrationDirectories.length);
  });
});

describe('checkMigrations', () => {
  it('finds that the migrations carry the whole schema, and leaves no shadow database', async () => {
    await checkMigrations(server);
    const { rows } = await withClient(server, (client) =>
      client.query("SELECT datname FROM pg_database WHERE datname LIKE '%shadow%'"),
    );
    expect(rows).toEqual([]);
  });
});
