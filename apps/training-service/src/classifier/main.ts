/** The process that reads a classifier: takes one task, answers once, ends. */
import { openArtifactStore } from '@outsider/artifacts';
import { DomainError } from '@outsider/domain';
import { readFile } from 'node:fs/promises';
import { adoptClassifier } from './adopt-classifier.ts';
import { inspectClassifier } from './inspect-classifier.ts';
import type { ClassifierTask, FromClassifierProcess } from './protocol.ts';

// Without the service nobody would hear the answer.
process.once('disconnect', () => process.exit(1));

process.once('message', (task: ClassifierTask) => {
  perform(task)
    .catch((error: unknown): FromClassifierProcess => {
      if (!(error instanceof DomainError)) console.error(error);
      const message = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', message, code: error instanceof DomainError ? error.code : 'internal' };
    })
    .then((answer) => process.send?.(answer, undefined, undefined, () => process.exit(0)));
});

async function perform(task: ClassifierTask): Promise<FromClassifierProcess> {
  const bytes = await readFile(task.file);
  if (task.kind === 'inspect') return { kind: 'inspected', inspection: await inspectClassifier(bytes, task.size) };
  const artifacts = await openArtifactStore(task.artifactsDir);
  return { kind: 'adopted', adopted: await adoptClassifier(bytes, task, artifacts) };
}
