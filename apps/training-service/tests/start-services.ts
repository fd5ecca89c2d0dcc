import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { SharedStore } from './serve-training.ts';

/** The embedding and the detector service as they are started in production, each in a process of its own. */
export function otherServices() {
  const started: ChildProcess[] = [];

  async function start(app: string, environment: Record<string, string>): Promise<string> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, `../../${app}/src/main.ts`)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Where it listens is in a line of its log.
      env: { ...process.env, ...environment, LOG_LEVEL: 'info' },
    });
    started.push(child);
    if (!child.stdout) throw new Error(`${app} has no output`);
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      const { address } = JSON.parse(line) as { address?: string };
      if (address) return address;
    }
    throw new Error(`${app} ended before it listened`);
  }

  return {
    /** @returns where the detector service listens */
    async start({ databaseUrl, artifactsDir, serviceToken }: SharedStore): Promise<string> {
      const shared = { DATABASE_URL: databaseUrl, ARTIFACTS_DIR: artifactsDir };
      const embedding = await start('embedding-service', { ...shared, EMBEDDING_ADDRESS: '127.0.0.1:0' });
      return start('detector-service', {
        ...shared,
        DETECTOR_ADDRESS: '127.0.0.1:0',
        EMBEDDING_ADDRESS: embedding,
        SERVICE_TOKEN: serviceToken,
      });
    },
    async stop(): Promise<void> {
      await Promise.all(
        started.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, 'exit');
          child.kill();
          await exited;
        }),
      );
    },
  };
}
