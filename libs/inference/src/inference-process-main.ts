/** The entry of the process that {@link startInferenceProcess} starts: one session, answering messages in order. */
import { DomainError } from '@outsider/domain';
import type { FromInference, ToInference } from './inference-messages.ts';
import { openSession, type InferenceSession } from './open-session.ts';

let session: InferenceSession | undefined;

function reply(message: FromInference): void {
  process.send?.(message);
}

async function answer(message: ToInference): Promise<void> {
  if (message.kind === 'open') {
    try {
      session = await openSession(message.model, { threads: message.threads });
      reply({ kind: 'opened', metadata: session.metadata });
    } catch (error) {
      reply({
        kind: 'refused',
        code: error instanceof DomainError ? error.code : null,
        message: (error as Error).message,
      });
    }
    return;
  }
  try {
    reply({
      kind: 'done',
      id: message.id,
      activations: await session!.run(message.images, message.count, message.wanted),
    });
  } catch (error) {
    reply({ kind: 'failed', id: message.id, message: (error as Error).message });
  }
}

process.on('message', (message: ToInference) => void answer(message));
// The service is gone: nobody will ask again.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group; the service decides when to stop, after its last answers.
process.on('SIGINT', () => undefined);
