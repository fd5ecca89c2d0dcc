import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fetchArchive, readArchive } from '@outsider/finetuning/archive';
import type { LockedPackage } from './locked-packages.ts';

/** Downloads at once. */
const parallel = 8;

/**
 * Unpacks packages below a folder as npm would, each checked against the lock file; no install script runs.
 *
 * @throws {UnavailableError} when one cannot be downloaded
 * @throws {CorruptDataError} when one is not what the lock file says
 */
export async function fetchPackages(
  packages: readonly LockedPackage[],
  folder: string,
  cacheDir: string,
): Promise<void> {
  const waiting = [...packages];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const archive = await fetchArchive(next.spec, next.integrity, { cacheDir });
        const files = await readArchive(archive, (name) => !name.endsWith('/'));
        for (const [name, content] of files) {
          // Below a top folder, `package` in most archives.
          const target = path.join(folder, next.place, name.slice(name.indexOf('/') + 1));
          await mkdir(path.dirname(target), { recursive: true });
          await writeFile(target, content);
        }
      }
    }),
  );
}
