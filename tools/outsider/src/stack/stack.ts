import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDatabase, tokenRepository } from '@outsider/database';
import { startEmbeddedPostgres } from '@outsider/database/embedded-postgres';
import { migrateDeploy } from '@outsider/database/migrate';
import { workspaceRoot, type Settings } from '../settings.ts';
import { buildDashboard } from './dashboard-build.ts';
import { parseAddress, requireFreePort } from './ports.ts';
import { removeStackFile, writeStackFile } from './stack-file.ts';
import { supervise, type Program, type Supervised } from './supervise.ts';
import { ensureToken } from './tokens.ts';
import { whenPageAnswers, whenServing } from './when-ready.ts';

export interface Stack {
  readonly dashboardUrl: string;
  readonly signInUrl: string;
  /** Everything, in the order that loses nothing: pages, services, then the database. */
  stop(): Promise<void>;
}

/** Ctrl-C promises 10 s for everything. */
const graceMs = { dashboard: 2_000, service: 6_000 };
const signInCodeLifetimeMs = 24 * 3600 * 1000;

/**
 * Starts the whole of Outsider as supervised processes on this machine and waits until each part answers.
 *
 * @param onEvent a line for people: something slow begins, or a part ended and is started again
 * @throws {FailedPreconditionError} when a port is taken, naming its variable
 */
export async function startStack(settings: Settings, onEvent: (line: string) => void): Promise<Stack> {
  await requireFreePorts(settings);
  for (const dir of [settings.dataDir, settings.artifactsDir, settings.logsDir, settings.cacheDir])
    mkdirSync(dir, { recursive: true });

  const postgres = settings.databaseUrl
    ? { url: settings.databaseUrl, stop: async () => undefined }
    : await startEmbeddedPostgres({ dataDir: path.join(settings.dataDir, 'postgres'), durable: true, restart: true });
  const running: Supervised[] = [];
  async function stop(): Promise<void> {
    const [services, pages] = [
      running.filter(({ name }) => name !== 'dashboard'),
      running.filter(({ name }) => name === 'dashboard'),
    ];
    await Promise.all(pages.map((page) => page.stop(graceMs.dashboard)));
    await Promise.all(services.map((service) => service.stop(graceMs.service)));
    removeStackFile(settings);
    await postgres.stop();
  }

  try {
    await migrateDeploy(postgres.url);
    writeStackFile(settings, { databaseUrl: postgres.url });
    const db = createDatabase(postgres.url);
    const tokens = tokenRepository(db);
    const serviceToken = await ensureToken(tokens, settings.serviceTokenFile, 'services', 'operator', 'service');
    await ensureToken(tokens, settings.tokenFile, 'operator', 'operator', 'api');
    const code = await tokens.createSignInCode('operator', { validMs: signInCodeLifetimeMs });
    await db.$disconnect();

    const env = serviceEnvironment(settings, postgres.url, serviceToken);
    running.push(...services(settings, env).map((program) => supervise(program, onEvent)));
    await Promise.all([
      ...running.map(({ ready }) => ready),
      buildDashboard(() => onEvent('building the dashboard, once for this version of the sources')),
    ]);
    const dashboard = supervise(dashboardProgram(settings, env), onEvent);
    running.push(dashboard);
    await dashboard.ready;

    const dashboardUrl = `http://${settings.dashboardHost}:${settings.dashboardPort}`;
    return { dashboardUrl, signInUrl: `${dashboardUrl}/sign-in?code=${code}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function requireFreePorts(settings: Settings): Promise<void> {
  const wanted = [
    parseAddress(settings.trainingAddress, 'TRAINING_ADDRESS', 'training service'),
    parseAddress(settings.embeddingAddress, 'EMBEDDING_ADDRESS', 'embedding service'),
    parseAddress(settings.detectorAddress, 'DETECTOR_ADDRESS', 'detector service'),
    { owner: 'dashboard', host: settings.dashboardHost, port: settings.dashboardPort, variable: 'DASHBOARD_PORT' },
  ];
  for (const port of wanted) await requireFreePort(port);
}

function serviceEnvironment(settings: Settings, databaseUrl: string, serviceToken: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    ARTIFACTS_DIR: settings.artifactsDir,
    OUTSIDER_CACHE_DIR: settings.cacheDir,
    TRAINING_ADDRESS: settings.trainingAddress,
    EMBEDDING_ADDRESS: settings.embeddingAddress,
    DETECTOR_ADDRESS: settings.detectorAddress,
    SERVICE_TOKEN: serviceToken,
    OUTSIDER_SUPERVISED: '1',
  };
}

function services(settings: Settings, env: NodeJS.ProcessEnv): Program[] {
  const addresses = {
    'embedding-service': settings.embeddingAddress,
    'detector-service': settings.detectorAddress,
    'training-service': settings.trainingAddress,
  };
  return Object.entries(addresses).map(([name, address]) => ({
    name,
    command: process.execPath,
    args: [path.join(workspaceRoot, 'apps', name, 'src/main.ts')],
    cwd: workspaceRoot,
    env,
    logFile: path.join(settings.logsDir, `${name}.log`),
    whenReady: (signal) => whenServing(address, signal),
  }));
}

function dashboardProgram(settings: Settings, env: NodeJS.ProcessEnv): Program {
  const { dashboardHost: host, dashboardPort: port } = settings;
  const endWithParent = path.join(import.meta.dirname, 'end-with-parent.ts');
  const next = path.join(workspaceRoot, 'node_modules/next/dist/bin/next');
  return {
    name: 'dashboard',
    command: process.execPath,
    args: ['--import', pathToFileURL(endWithParent).href, next, 'start', '-H', host, '-p', String(port)],
    cwd: path.join(workspaceRoot, 'apps/dashboard'),
    env: { ...env, NEXT_TELEMETRY_DISABLED: '1' },
    logFile: path.join(settings.logsDir, 'dashboard.log'),
    whenReady: (signal) => whenPageAnswers(`http://${host}:${port}/sign-in`, signal),
  };
}
