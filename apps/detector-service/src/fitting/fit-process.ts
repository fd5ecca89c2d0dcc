import { openArtifactStore } from '@outsider/artifacts';
import { DomainError } from '@outsider/domain';
import { fitMethods } from './fit-methods.ts';
import type { FitMessage, FitTask } from './fit-task.ts';

/**
 * The program of the fitting process: takes one {@link FitTask}, answers {@link FitMessage}s, ends.
 *
 * A process of its own, so that a fit that runs out of memory takes no verdicts with it, and so that it can be ended in
 * the middle of a long loop. Artifacts appear whole or not at all, so ending it leaves nothing half done.
 */
function say(message: FitMessage): void {
  process.send?.(message);
}

async function run(task: FitTask): Promise<void> {
  try {
    await fitMethods(await openArtifactStore(task.artifactsDir), task, say);
    say({ kind: 'done' });
  } catch (error) {
    say(toFailure(error));
  }
  process.disconnect();
}

function toFailure(error: unknown): FitMessage {
  if (!(error instanceof Error)) return { kind: 'failed', name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  return { kind: 'failed', name, message, stack, ...(error instanceof DomainError && { code: error.code }) };
}

process.once('message', (task) => void run(task as FitTask));
// Whoever started it is gone: nobody would publish what it fits.
process.once('disconnect', () => process.exit());
