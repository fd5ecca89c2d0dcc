import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UnavailableError } from '@outsider/domain';
import { changeOwner, databaseUser, giveToServer, reach, type ClusterFiles } from './cluster-files.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

const encoding = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Makes an empty cluster, under another name first, so that an interrupted start leaves nothing half made. */
export function makeCluster(files: ClusterFiles, initdb: string, password: string, durable: boolean): void {
  const fresh = `${files.cluster}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  giveToServer(fresh);
  // The server's user must read it, and may not be able to walk to the data folder.
  const secretFolder = mkdtempSync(path.join(os.tmpdir(), 'outsider-initdb-'));
  const secretFile = path.join(secretFolder, 'password');
  writeFileSync(secretFile, `${password}\n`, { mode: 0o600 });
  for (const secret of [secretFolder, secretFile]) changeOwner(secret);

  const { cwd, folder } = reach(fresh);
  const access = ['--username', databaseUser, '--auth=scram-sha-256', `--pwfile=${secretFile}`];
  const { status, stderr, error } = spawnSync(
    initdb,
    ['--pgdata', folder, ...access, ...encoding, ...(durable ? [] : ['--no-sync'])],
    { ...unprivilegedUser(), cwd, encoding: 'utf8' },
  );
  rmSync(secretFolder, { recursive: true, force: true });
  if (status !== 0) {
    throw new UnavailableError(`PostgreSQL cannot make its folder ${fresh}: ${error?.message ?? stderr.trim()}`);
  }
  rmSync(files.cluster, { recursive: true, force: true });
  renameSync(fresh, files.cluster);
}
