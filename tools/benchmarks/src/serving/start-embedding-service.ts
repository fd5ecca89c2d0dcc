import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const main = path.resolve(import.meta.dirname, '../../../../apps/embedding-service/src/main.ts');

/** The embedding service as `npm start` runs it: a process of its own. */
export async function startEmbeddingService(
  environment: Record<string, string>,
): Promise<{ address: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, EMBEDDING_ADDRESS: '127.0.0.1:0', LOG_LEVEL: 'error', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, address } = JSON.parse(line) as { msg: string; address?: string };
    if (msg !== 'listening' || !address) throw new Error(`the embedding service did not start: ${msg}`);
    return {
      address,
      async stop() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('the embedding service did not start');
}
