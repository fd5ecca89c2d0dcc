import { homedir } from 'node:os';
import path from 'node:path';

/** The checkout this command line belongs to. */
export const workspaceRoot = path.resolve(import.meta.dirname, '../../..');

/** Where everything is. The only place in this project that reads the environment. */
export interface Settings {
  readonly dataDir: string;
  readonly artifactsDir: string;
  readonly cacheDir: string;
  readonly logsDir: string;
  /** The operator's API token, mode 0600. */
  readonly tokenFile: string;
  /** What the services say to each other, mode 0600. */
  readonly serviceTokenFile: string;
  /** Undefined: an embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly trainingAddress: string;
  readonly embeddingAddress: string;
  readonly detectorAddress: string;
  readonly dashboardHost: string;
  readonly dashboardPort: number;
  /** A token given by the caller instead of the file. */
  readonly token: string | undefined;
}

export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const dataDir = path.resolve(env['OUTSIDER_DATA_DIR'] || path.join(workspaceRoot, '.outsider'));
  const caches = env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache');
  return {
    dataDir,
    artifactsDir: path.resolve(env['ARTIFACTS_DIR'] || path.join(dataDir, 'artifacts')),
    cacheDir: path.resolve(env['OUTSIDER_CACHE_DIR'] || path.join(caches, 'outsider')),
    logsDir: path.join(dataDir, 'logs'),
    tokenFile: path.join(dataDir, 'token'),
    serviceTokenFile: path.join(dataDir, 'service-token'),
    databaseUrl: env['DATABASE_URL'] || undefined,
    trainingAddress: env['TRAINING_ADDRESS'] || '127.0.0.1:50051',
    embeddingAddress: env['EMBEDDING_ADDRESS'] || '127.0.0.1:50052',
    detectorAddress: env['DETECTOR_ADDRESS'] || '127.0.0.1:50053',
    dashboardHost: env['DASHBOARD_HOST'] || '127.0.0.1',
    dashboardPort: parsePort(env['DASHBOARD_PORT'] || '3000'),
    token: env['OUTSIDER_TOKEN'] || undefined,
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Error(`DASHBOARD_PORT: expected a port from 1 to 65535, got "${text}"`);
  }
  return port;
}
