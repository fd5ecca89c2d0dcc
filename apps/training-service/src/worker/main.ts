/** The training process: takes one task, reports as it goes, answers once, ends. */
import { DomainError } from '@outsider/domain';
import type { FromWorker, ToWorker } from './protocol.ts';
import { trainBackbone } from './train-backbone.ts';

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve, reject) =>
    process.send?.(message, undefined, undefined, (error: Error | null) => (error ? reject(error) : resolve())),
  );
}

// Without the service nobody would hear the result.
process.once('disconnect', () => process.exit(1));

process.once('message', ({ task }: ToWorker) => {
  trainBackbone(task, (event) => void send({ kind: 'event', event }))
    .then(
      (result) => send({ kind: 'done', result }),
      (error: unknown) => {
        if (!(error instanceof DomainError)) console.error(error);
        const message = error instanceof Error ? error.message : String(error);
        return send({ kind: 'failed', message, code: error instanceof DomainError ? error.code : 'internal' });
      },
    )
    .finally(() => process.exit(0));
});
