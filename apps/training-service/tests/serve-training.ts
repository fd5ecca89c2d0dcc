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

/** The whole training service on a free port, over a real store and a folder of its own. */
export async function serveTraining({ databaseUrl, startDetector }: ServeOptions = {}): Promise<ServedTraining> {
  const url = databaseUrl ?? (await testDatabase());
  const folder = mkdtempSync(path.join(os.tmpdir(), 'outsider-training-'));
  const artifactsDir = path.join(folder, 'artifacts');
  const db = createDatabase(url);
  const tokens = tokenRepository(db);
  const operator = await tokens.create({ name: 'olga', role: 'operator' }, 'test');
  const viewer = await tokens.create({ name: 'victor', role: 'viewer' }, 'test');
  const { secret: serviceToken } = await tokens.create({ name: 'services', role: 'operator', kind: 'service' }, 'test');
  const service = await startTrainingService({
    address: '127.0.0.1:0',
    detectorAddress: (await startDetector?.({ databaseUrl: url, artifactsDir, serviceToken })) ?? '127.0.0.1:1',
    databaseUrl: url,
    artifactsDir,
    cacheDir: path.join(folder, 'cache'),
    serviceToken,
    metricsAddress: undefined,
  });
  const opened: Clients[] = [];
  function clientsOf(token: string): Clients {
    const clients = makeClients(service.address, token);
    opened.push(clients);
    return clients;
  }
  return {
    address: service.address,
    databaseUrl: url,
    db,
    artifactsDir,
    operator: clientsOf(operator.secret),
    viewer: clientsOf(viewer.secret),
    operatorToken: operator.secret,
    viewerToken: viewer.secret,
    clientsOf,
    async stop() {
      for (const clients of opened) for (const client of Object.values(clients)) client.close();
      await service.stop();
      await db.$disconnect();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
