import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { canReachAsNobody, unprivilegedUser } from './unprivileged-user.ts';

/** What lies in the data folder of an embedded server. */
export interface ClusterFiles {
  readonly folder: string;
  /** PostgreSQL's own folder. */
  readonly cluster: string;
  readonly password: string;
  readonly log: string;
  /** Which process of ours uses the folder. */
  readonly owner: string;
  readonly pidFile: string;
}

export const databaseUser = 'outsider';

/** Makes the folder where there is none. */
export function clusterFiles(dataDir: string): ClusterFiles {
  const folder = path.resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => path.join(folder, name);
  return {
    folder,
    cluster: at('cluster'),
    password: at('password'),
    log: at('postgres.log'),
    owner: at('owner.json'),
    pidFile: at('cluster/postmaster.pid'),
  };
}

/** The cluster's password, made on first use. */
export function readPassword({ password }: ClusterFiles): string {
  if (!existsSync(password)) writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(password, 'utf8').trim();
}

/** Lines: pid, folder, start time, port, socket folder, address, shared memory, status. */
export function readPidFile({ pidFile }: ClusterFiles): string[] {
  try {
    return readFileSync(pidFile, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The database `outsider` is made by the migrations; `postgres` is always there. */
export function urlOf(port: number, password: string, database = 'outsider'): string {
  return `postgresql://${databaseUser}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The server insists that its folder is its own and nobody else's. */
export function giveToServer(folder: string): void {
  changeOwner(folder);
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
}

export function changeOwner(file: string): void {
  const { uid, gid } = unprivilegedUser();
  if (uid !== undefined && gid !== undefined && statSync(file).uid !== uid) chownSync(file, uid, gid);
}

/**
 * How a program of PostgreSQL is told where `folder` is. Root's own folders are closed to it, but its working folder
 * is opened by us before it changes its user, and Linux lets a process name that one without walking there.
 */
export function reach(folder: string): { readonly cwd: string; readonly folder: string } {
  const closed = process.platform === 'linux' && !canReachAsNobody(path.dirname(folder));
  return { cwd: folder, folder: closed ? '/proc/self/cwd' : folder };
}
