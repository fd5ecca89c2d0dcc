import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** A connection that does nothing but exist: while PostgreSQL lists its name, the worker's process lives. */
export interface WorkerSession {
  /** Its `application_name`. */
  readonly name: string;
  end(): Promise<void>;
}

const reconnectMs = 500;

/** Opens a session and opens it again whenever it is lost, until `end`. */
export async function workerSession(url: string, onError: (error: unknown) => void): Promise<WorkerSession> {
  const name = `outsider-worker-${randomUUID()}`;
  let ended = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: url,
      application_name: name,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    next.on('error', onError);
    next.on('end', () => {
      if (next === client) reconnectLater();
    });
    await next.connect();
    if (ended) await next.end();
    else client = next;
  }

  function reconnectLater(): void {
    client = undefined;
    if (ended) return;
    retry = setTimeout(() => {
      connect().catch((error: unknown) => {
        onError(error);
        reconnectLater();
      });
    }, reconnectMs);
  }

  await connect();
  return {
    name,
    async end() {
      ended = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
}
