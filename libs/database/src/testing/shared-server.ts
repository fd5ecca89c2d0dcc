import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from '../postgres/process-identity.ts';

/** One server for all test processes of this checkout and user; it lies in the system's folder for passing things. */
export const sharedFolder = path.join(
  os.tmpdir(),
  `outsider-test-${createHash('sha256')
    .update(`${import.meta.dirname} ${process.getuid?.() ?? ''}`)
    .digest('hex')
    .slice(0, 12)}`,
);
const lockFile = path.join(sharedFolder, 'lock');
const addressFile = path.join(sharedFolder, 'server.json');
const usedFile = path.join(sharedFolder, 'last-used');

/** The server and the process that looks after it. */
export interface SharedServer {
  readonly url: string;
  readonly keeper: ProcessIdentity;
}

export function writeAddress(server: SharedServer): void {
  writeFileSync(addressFile, JSON.stringify(server), { mode: 0o600 });
}

/** Undefined when no server runs, or nobody looks after it. */
export function readAddress(): SharedServer | undefined {
  try {
    const server = JSON.parse(readFileSync(addressFile, 'utf8')) as SharedServer;
    return isAlive(server.keeper) ? server : undefined;
  } catch {
    return undefined;
  }
}

export function noteUse(): void {
  writeFileSync(usedFile, '', { flag: 'a' });
  utimesSync(usedFile, new Date(), new Date());
}

/** Runs `work` while no other process of this checkout does. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(sharedFolder, { recursive: true, mode: 0o711 });
  const mine = JSON.stringify(identityOf(process.pid));
  for (;;) {
    try {
      writeFileSync(lockFile, mine, { flag: 'wx' });
      break;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') mkdirSync(sharedFolder, { recursive: true, mode: 0o711 });
      else if (code !== 'EEXIST') throw error;
      dropDeadLock();
      await delay(20 + Math.random() * 30);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function dropDeadLock(): void {
  try {
    const text = readFileSync(lockFile, 'utf8');
    // An empty file is being written at this moment.
    if (text !== '' && !isAlive(JSON.parse(text) as ProcessIdentity)) rmSync(lockFile, { force: true });
  } catch {
    // It went away meanwhile.
  }
}
