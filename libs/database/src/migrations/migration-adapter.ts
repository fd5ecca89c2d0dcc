import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** PostgreSQL's type "char" of its catalogues, and text. */
const charOid = 18;
const textOid = 25;

/** Columns of the query under way that are of type "char". */
const charColumns = new AsyncLocalStorage<Set<number>>();

/** An adapter factory whose `close` ends what the engine leaves: connections, and shadow databases. */
export interface MigrationAdapterFactory extends SqlMigrationAwareDriverAdapterFactory {
  close(): Promise<void>;
}

/**
 * Prisma's adapter for PostgreSQL, made fit for the schema engine. As it comes, it splits scripts at every semicolon,
 * also in the bodies of functions; it does not know the type "char"; and the engine may leave its shadow databases.
 */
export function migrationAdapterFactory(url: string): MigrationAdapterFactory {
  const cleanUps: (() => Promise<void>)[] = [];

  async function connect(target: string): Promise<SqlDriverAdapter> {
    const pool = new NotingPool({ connectionString: target, max: 2 });
    const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
    const { queryRaw, dispose } = adapter;
    let disposed: Promise<void> | undefined;
    return Object.assign(adapter, {
      dispose: () => (disposed ??= dispose.call(adapter)),
      // One message, which PostgreSQL also runs as one transaction.
      async executeScript(script: string) {
        await pool.query(script);
      },
      async queryRaw(query: Parameters<typeof queryRaw>[0]) {
        const columns = new Set<number>();
        const result = await charColumns.run(columns, () => queryRaw.call(adapter, query));
        for (const column of columns) result.columnTypes[column] = ColumnTypeEnum.Character;
        return result;
      },
    });
  }

  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    async connect() {
      const adapter = await connect(url);
      cleanUps.push(() => adapter.dispose());
      return adapter;
    },
    async connectToShadowDb() {
      const name = `outsider_shadow_${randomUUID().replaceAll('-', '')}`;
      await withClient(url, (client) => client.query(`CREATE DATABASE "${name}"`));
      const shadow = await connect(withDatabase(url, name));
      const { dispose } = shadow;
      let done: Promise<void> | undefined;
      shadow.dispose = () =>
        (done ??= (async () => {
          await dispose.call(shadow);
          await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`));
        })());
      cleanUps.push(() => shadow.dispose());
      return shadow;
    },
    async close() {
      for (const cleanUp of cleanUps) await cleanUp();
    },
  };
}

/** A pool that hands "char" columns over as text, which the adapter knows, and notes which they were. */
class NotingPool extends pg.Pool {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the overloads of `query` cannot be restated
  override query(...args: any[]): any {
    const result = Reflect.apply(super.query, this, args) as unknown;
    if (!(result instanceof Promise)) return result;
    return result.then((answer: pg.QueryResult) => {
      for (const [column, field] of (answer.fields ?? []).entries()) {
        if (field.dataTypeID !== charOid) continue;
        field.dataTypeID = textOid;
        charColumns.getStore()?.add(column);
      }
      return answer;
    });
  }
}

/** One connection for the time of `use`. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // A server that goes away fails the query at hand; the event adds nothing.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}
