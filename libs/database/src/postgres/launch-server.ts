import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FailedPreconditionError, UnavailableError } from '@outsider/domain';
import { withClient } from '../migrations/migration-adapter.ts';
import { giveToServer, reach, readPidFile, urlOf, type ClusterFiles } from './cluster-files.ts';
import { processExists, programOf } from './process-identity.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

/** A server that answers. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Of the server's main process. */
  readonly pid: number;
}

const recoveryMs = 5 * 60_000;
const largestLogBytes = 10 * 2 ** 20;
/** What a crash of the machine could lose; one of the server itself loses nothing either way. */
const notDurable = ['fsync=off', 'full_page_writes=off'];

/** A server that runs on the folder already, once it answers; a stale pid file is taken away. */
export async function findRunningServer(files: ClusterFiles, password: string): Promise<RunningServer | undefined> {
  const started = Date.now();
  for (;;) {
    const [pidLine, , , portLine, , , , status] = readPidFile(files);
    const pid = Number(pidLine);
    if (!pid) return undefined;
    const program = processExists(pid) ? programOf(pid) : 'none';
    if (program !== '' && !program.startsWith('postgres')) {
      // The number belongs to nobody or to another program now, which PostgreSQL itself would take for a server.
      rmSync(files.pidFile, { force: true });
      return undefined;
    }
    const port = Number(portLine);
    if (status?.trim() === 'ready' && (await answers(port, password))) return { pid, port, url: urlOf(port, password) };
    if (Date.now() - started > recoveryMs) {
      throw new UnavailableError(`process ${pid} holds ${files.cluster}, but does not answer`);
    }
    await delay(100);
  }
}

/** Starts the server, waits while it recovers from a crash, and returns once it answers. */
export async function launchServer(
  files: ClusterFiles,
  postgres: string,
  password: string,
  { port = 0, durable }: { readonly port?: number; readonly durable: boolean },
): Promise<RunningServer> {
  giveToServer(files.cluster);
  const started = Date.now();
  for (;;) {
    if (port && !(await isFree(port)))
      throw new FailedPreconditionError(`port ${port} is taken; choose another for PostgreSQL`);
    const launched = await launchOnce(files, postgres, password, port || (await freePort()), durable);
    if (typeof launched === 'object') return launched;
    // Servers killed a moment ago leave children that hold the shared memory a little longer; a free port may be lost.
    const passing = /shared memory block|address already in use|could not bind/i.test(launched);
    if (!passing || Date.now() - started > 20_000) {
      throw new UnavailableError(`PostgreSQL does not start (see ${files.log}):\n${launched}`);
    }
    await delay(250);
  }
}

/** @returns the server, or the end of its log when it ended */
async function launchOnce(
  files: ClusterFiles,
  postgres: string,
  password: string,
  port: number,
  durable: boolean,
): Promise<RunningServer | string> {
  if (existsSync(files.log) && statSync(files.log).size > largestLogBytes) renameSync(files.log, `${files.log}.1`);
  const log = openSync(files.log, 'a', 0o600);
  const logStart = statSync(files.log).size;
  const { cwd, folder } = reach(files.cluster);
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  if (!durable) settings.push(...notDurable);
  const child = spawn(postgres, ['-D', folder, ...settings.flatMap((setting) => ['-c', setting])], {
    ...unprivilegedUser(),
    cwd,
    // A group of its own: the Ctrl-C that ends us must not end the store before its users.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let failure = '';
  child.on('error', (error) => (failure = error.message));

  const started = Date.now();
  while (failure === '' && child.exitCode === null && child.signalCode === null) {
    const [pid, , , , , , , status] = readPidFile(files);
    if (Number(pid) === child.pid && status?.trim() === 'ready' && (await answers(port, password))) {
      return { pid: Number(pid), port, url: urlOf(port, password) };
    }
    if (Date.now() - started > recoveryMs) child.kill('SIGINT');
    await delay(20);
  }
  return failure || readFileSync(files.log).subarray(logStart).toString().slice(-2000) || 'it ended without a word';
}

async function answers(port: number, password: string): Promise<boolean> {
  return withClient(urlOf(port, password, 'postgres'), (client) => client.query('SELECT 1')).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
