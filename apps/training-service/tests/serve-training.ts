import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  BackboneServiceClient,
  createClient,
  DatasetServiceClient,
  DeploymentServiceClient,
  JobServiceClient,
} from '@outsider/contracts';
import { createDatabase, tokenRepository, type Database } from '@outsider/database';
import { testDatabase } from '@outsider/database/testing';
import { startTrainingService } from '../src/training-service.ts';

export interface ServedTraining {
  readonly address: string;
  readonly databaseUrl: string;
  readonly db: Database;
  readonly artifactsDir: string;
  readonly operator: Clients;
  readonly viewer: Clients;
  readonly operatorToken: string;
  readonly viewerToken: string;
  clientsOf(token: string): Clients;
  stop(): Promise<void>;
}

export type Clients = ReturnType<typeof makeClients>;

function makeClients(address: string, token: string) {
  return {
    datasets: createClient(DatasetServiceClient, address, { token }),
    backbones: createClient(BackboneServiceClient, address, { token }),
    deployments: createClient(DeploymentServiceClient, address, { token }),
    jobs: createClient(JobServiceClient, address, { token }),
  };
}

/** What another service needs, to work on the same store. */
export interface SharedStore {
  readonly databaseUrl: string;
  readonly artifactsDir: string;
  readonly serviceToken: string;
}

export interface ServeOptions {
  readonly databaseUrl?: string;
  /** Starts a detector service and says where it listens. Default: there is none, and a run ends where it would ask it. */
  readonly startDetector?: (store: SharedStore) => Promise<string>;
}

/** A store and a folder of one's own, with a token for each role. */
export async function makeStore(databaseUrl?: string) {
  const url = databaseUrl ?? (await testDatabase());
  const folder = mkdtempSync(path.join(os.tmpdir(), 'outsider-training-'));
  const db = createDatabase(url);
  const tokens = tokenRepository(db);
  return {
    databaseUrl: url,
    db,
    artifactsDir: path.join(folder, 'artifacts'),
    cacheDir: path.join(folder, 'cache'),
    operatorToken: (await tokens.create({ name: 'olga', role: 'operator' }, 'test')).secret,
    viewerToken: (await tokens.create({ name: 'victor', role: 'viewer' }, 'test')).secret,
    serviceToken: (await tokens.create({ name: 'services', role: 'operator', kind: 'service' }, 'test')).secret,
    async remove() {
      await db.$disconnect();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The whole training service on a free port, over a real store and a folder of its own. */
export async function serveTraining({ databaseUrl, startDetector }: ServeOptions = {}): Promise<ServedTraining> {
  const { remove, cacheDir, ...store } = await makeStore(databaseUrl);
  const service = await startTrainingService({
    address: '127.0.0.1:0',
    detectorAddress: (await startDetector?.(store)) ?? '127.0.0.1:1',
    databaseUrl: store.databaseUrl,
    artifactsDir: store.artifactsDir,
    cacheDir,
    serviceToken: store.serviceToken,
    // Installed with the project, so the same everywhere.
    backend: 'wasm',
    metricsAddress: undefined,
  });
  const opened: Clients[] = [];
  function clientsOf(token: string): Clients {
    const clients = makeClients(service.address, token);
    opened.push(clients);
    return clients;
  }
  return {
    ...store,
    address: service.address,
    operator: clientsOf(store.operatorToken),
    viewer: clientsOf(store.viewerToken),
    clientsOf,
    async stop() {
      for (const clients of opened) for (const client of Object.values(clients)) client.close();
      await service.stop();
      await remove();
    },
  };
}
