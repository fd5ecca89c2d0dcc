import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** A run that is taken up again is taken up within minutes. */
const abandonedAfterMs = 7 * 24 * 3_600_000;

/** Removes what trainings that were never taken up again have left: their last epochs and their stored activations. */
export async function sweepAbandoned(cacheDir: string, now = Date.now()): Promise<void> {
  for (const folder of ['checkpoints', 'frozen']) {
    const files = await readdir(path.join(cacheDir, folder)).catch(() => []);
    for (const name of files) {
      const file = path.join(cacheDir, folder, name);
      const modified = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
      if (now - modified > abandonedAfterMs) await rm(file, { force: true });
    }
  }
}
