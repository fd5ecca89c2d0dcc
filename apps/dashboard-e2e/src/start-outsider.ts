import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** The whole of Outsider, started as a person would. */
export interface RunningOutsider {
  /** The dashboard's address. */
  readonly url: string;
  /** Signs in once. */
  readonly signInUrl: string;
  /** What it has printed so far. */
  readonly output: () => string;
  /** Stops it as Ctrl-C does. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs the start command on `photos` with the tiny architecture, everything on free ports and in `home`.
 *
 * @throws {Error} with its output when it ends before it prints a sign-in link
 */
export async function startOutsider({ home, photos }: { home: string; photos: string }): Promise<RunningOutsider> {
  const [training, embedding, detector, dashboard] = await freePorts(4);
  const child = spawn(
    process.execPath,
    [path.join(root, 'tools/outsider/src/main.ts'), 'start', '--data', photos, '--architecture', 'tiny'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...withoutTestRunner(process.env),
        OUTSIDER_DATA_DIR: path.join(home, 'data'),
        OUTSIDER_CACHE_DIR: path.join(home, 'cache'),
        TRAINING_ADDRESS: `127.0.0.1:${training}`,
        EMBEDDING_ADDRESS: `127.0.0.1:${embedding}`,
        DETECTOR_ADDRESS: `127.0.0.1:${detector}`,
        DASHBOARD_HOST: '127.0.0.1',
        DASHBOARD_PORT: String(dashboard),
      },
    },
  );
  let output = '';
  const signInUrl = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += String(chunk);
      const link = /https?:\/\/\S+\/sign-in\?code=\S+/.exec(output);
      if (link) resolve(link[0]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`start ended with code ${code}:\n${output}`)));
  });
  return {
    url: new URL(signInUrl).origin,
    signInUrl,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** The test runner's own settings must not reach the programs under test. */
function withoutTestRunner(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) =>
      !/^(VITEST|VITE_|NODE_ENV$|NODE_OPTIONS$|DATABASE_URL$|TEST$|DEV$|PROD$|SSR$|MODE$|BASE_URL$)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** Held all at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
