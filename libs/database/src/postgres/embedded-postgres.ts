import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FailedPreconditionError } from '@outsider/domain';
import { clusterFiles, readPassword, readPidFile, type ClusterFiles } from './cluster-files.ts';
import { findRunningServer, launchServer, type RunningServer } from './launch-server.ts';
import { makeCluster } from './make-cluster.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { identityOf, isAlive, processExists, type ProcessIdentity } from './process-identity.ts';

export interface EmbeddedPostgresOptions {
  /** Made when there is none; holds the cluster, its password (0600), its log and who uses it. */
  readonly dataDir: string;
  /** Whether data must survive a crash of the machine. False is for tests: faster, and not safe. */
  readonly durable: boolean;
  /** 0 or absent: one that is free. */
  readonly port?: number;
  /** Start it again, on the same port, when it ends without `stop`. */
  readonly restart?: boolean;
  /** Called when the server ends without `stop`. */
  readonly onExit?: () => void;
}

/** A running server that answers on the loopback interface only; its `url` names the database `outsider`. */
export interface EmbeddedPostgres extends RunningServer {
  /** Ends open transactions and shuts down in order. */
  stop(): Promise<void>;
}

const majorVersion = '18';
const watchMs = 500;
const restartMs = 1_000;

/**
 * Starts PostgreSQL on `dataDir`. A server that an earlier process of ours left running there, for instance because it
 * was killed, is taken over. After a crash it first recovers, which is waited for.
 *
 * @throws {FailedPreconditionError} while another living process uses the folder, when the port is taken, and when the
 * folder was made by another version of PostgreSQL
 * @throws {UnavailableError} when the server does not start; the message ends with its log
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const files = clusterFiles(options.dataDir);
  refuseIfUsed(files);
  const password = readPassword(files);
  const binaries = postgresBinaries();
  if (!existsSync(path.join(files.cluster, 'PG_VERSION'))) {
    makeCluster(files, binaries.initdb, password, options.durable);
  }
  requireVersion(files);
  let running = await runServer(files, binaries.postgres, password, options);
  let restarting: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  /** Until it runs again: a full disk may be emptied, and nothing works without the store. */
  async function restart(): Promise<void> {
    while (!stopping) {
      try {
        running = await runServer(files, binaries.postgres, password, { ...options, port: running.port });
        return;
      } catch {
        await delay(restartMs);
      }
    }
  }

  const watch = setInterval(() => {
    if (stopping || restarting || processExists(running.pid)) return;
    options.onExit?.();
    if (options.restart) restarting = restart().finally(() => (restarting = undefined));
    else clearInterval(watch);
  }, watchMs);
  watch.unref();

  async function stop(): Promise<void> {
    clearInterval(watch);
    await restarting;
    await stopServer(files, running.pid, binaries.pg_ctl);
  }
  return {
    url: running.url,
    port: running.port,
    get pid() {
      return running.pid;
    },
    stop: () => (stopping ??= stop()),
  };
}

async function runServer(
  files: ClusterFiles,
  postgres: string,
  password: string,
  options: EmbeddedPostgresOptions,
): Promise<RunningServer> {
  writeFileSync(files.owner, JSON.stringify(identityOf(process.pid)));
  try {
    return (await findRunningServer(files, password)) ?? (await launchServer(files, postgres, password, options));
  } catch (error) {
    rmSync(files.owner, { force: true });
    throw error;
  }
}

function refuseIfUsed({ folder, owner }: ClusterFiles): void {
  if (!existsSync(owner)) return;
  let identity: ProcessIdentity;
  try {
    identity = JSON.parse(readFileSync(owner, 'utf8')) as ProcessIdentity;
  } catch {
    return; // Cut short by a crash: its writer is dead.
  }
  if (isAlive(identity)) {
    const user = identity.pid === process.pid ? 'this process already' : `process ${identity.pid}`;
    throw new FailedPreconditionError(
      `the data folder ${folder} is in use by ${user}; stop it first, or choose another folder`,
    );
  }
}

function requireVersion({ cluster }: ClusterFiles): void {
  const version = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version === majorVersion) return;
  throw new FailedPreconditionError(
    `${cluster} was made by PostgreSQL ${version}, this is ${majorVersion}; move the folder away, or serve it with its own version and set DATABASE_URL`,
  );
}

async function stopServer(files: ClusterFiles, pid: number, pgCtl: string): Promise<void> {
  const server = identityOf(pid);
  // The pid file goes first and the process a moment later. Where a number cannot be told from a reused one, the file
  // must do.
  const gone = () => !isAlive(server) || (server.startedAt === '' && Number(readPidFile(files)[0]) !== pid);
  const signal = (name: 'SIGINT' | 'SIGQUIT', mode: string) => {
    if (gone()) return;
    if (process.platform === 'win32') spawnSync(pgCtl, ['stop', '-D', files.cluster, '-m', mode, '-W']);
    else process.kill(pid, name);
  };
  signal('SIGINT', 'fast');
  for (let waitedMs = 0; !gone(); waitedMs += 20) {
    // Without a checkpoint the next start recovers instead: slower, and just as safe.
    if (waitedMs === 4_000) signal('SIGQUIT', 'immediate');
    await delay(20);
  }
  rmSync(files.owner, { force: true });
}
