import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from '../generated/client.ts';
import { toDomainError } from './to-domain-error.ts';

/** A pool of connections to the store; closed with `$disconnect()`. */
export type Database = PrismaClient;

/** One transaction of a {@link Database}. Repositories accept either. */
export type Transaction = Prisma.TransactionClient;

export interface DatabaseOptions {
  /** Connections at most; 10 unless told. */
  readonly maxConnections?: number;
  /** After which an unanswered query counts as lost with its connection; 25 s unless told. */
  readonly queryTimeoutMs?: number;
}

/**
 * A client of the store at `url`. Nothing connects before the first query; lost connections are replaced by new ones.
 *
 * Every failure is a DomainError: `UnavailableError` while the server cannot be reached, `AlreadyExistsError` for a
 * taken unique name, `FailedPreconditionError` for what the store's own rules forbid.
 */
export function createDatabase(
  url: string,
  { maxConnections = 10, queryTimeoutMs = 25_000 }: DatabaseOptions = {},
): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: maxConnections,
      connectionTimeoutMillis: 5_000,
      // A server that vanished without a word leaves connections that look alive for many minutes.
      query_timeout: queryTimeoutMs,
      keepAlive: true,
    },
    // A broken idle connection is the pool's to replace; unheard, its error would end the process.
    { onPoolError: () => undefined, onConnectionError: () => undefined },
  );
  const client = new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 60_000 } });
  const extended = client.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args);
        } catch (error) {
          throw toDomainError(error);
        }
      },
    },
  });
  return extended as unknown as Database;
}

/** @throws {UnavailableError} when the store does not answer */
export async function pingDatabase(db: Database): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}
