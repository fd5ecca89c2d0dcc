import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FailedPreconditionError } from '@outsider/domain';
import type { Settings } from '../settings.ts';

/** What a running stack tells commands of the same data folder. Mode 0600: the address holds the store's password. */
interface StackFile {
  readonly databaseUrl: string;
}

function fileOf({ dataDir }: Settings): string {
  return path.join(dataDir, 'stack.json');
}

export function writeStackFile(settings: Settings, content: StackFile): void {
  writeFileSync(fileOf(settings), JSON.stringify(content), { mode: 0o600 });
}

export function removeStackFile(settings: Settings): void {
  rmSync(fileOf(settings), { force: true });
}

/** The store of the running stack. @throws {FailedPreconditionError} when none runs on this data folder */
export function findDatabaseUrl(settings: Settings): string {
  if (settings.databaseUrl) return settings.databaseUrl;
  try {
    return (JSON.parse(readFileSync(fileOf(settings), 'utf8')) as StackFile).databaseUrl;
  } catch {
    throw new FailedPreconditionError(
      `Outsider does not run on ${settings.dataDir}: start it with \`npm start\`, or set DATABASE_URL`,
    );
  }
}
