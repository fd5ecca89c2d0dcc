import { rm } from 'node:fs/promises';
import path from 'node:path';

/** Where the training of a run keeps its last finished epoch. */
export function checkpointPath(cacheDir: string, runId: string): string {
  return path.join(cacheDir, 'checkpoints', `${runId}.safetensors`);
}

/** Removes what a training kept, once its version is registered: until then it may have to be taken up again. */
export function forgetCheckpoint(cacheDir: string, runId: string): Promise<void> {
  return rm(checkpointPath(cacheDir, runId), { force: true });
}
