import { credentials, makeClientConstructor } from '@grpc/grpc-js';
import { createClient, DetectorServiceClient } from '@outsider/contracts';
import { testServer, type TestServer } from '@outsider/database/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './world.ts';

let server: TestServer;
let world: World;

beforeAll(async () => {
  server = await testServer();
  world = await startWorld({ databaseUrl: server.url });
});
afterAll(async () => {
  await world?.stop();
  await server?.remove();
});

/** What health checks are told: 1 is SERVING, 2 NOT_SERVING. */
function health(): Promise<number> {
  const Health = makeClientConstructor(
    {
      check: {
        path: '/grpc.health.v1.Health/Check',
        requestStream: false,
        responseStream: false,
        requestSerialize: () => Buffer.alloc(0),
        requestDeserialize: () => ({}),
        responseSerialize: () => Buffer.alloc(0),
        // HealthCheckResponse { status = 1 }: a tag and a small number.
        responseDeserialize: (bytes: Buffer) => bytes[1] ?? 0,
      },
    },
    'grpc.health.v1.Health',
  );
  const client = new Health(world.address, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.check({}, (error: Error | null, answer: number) => {
      client.close();
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await what().catch(() => false)) return;
    await delay(100);
  }
  throw new Error('it did not come about within 30 s');
}

function fitOf(backboneVersion: string) {
  const methods = [{ name: 'knn', options: undefined }];
  return world
    .client()
    .fitDetectors({ backboneVersion, snapshotDigest: '', methods, policy: undefined, seed: 1, requestId: '' });
}

describe('the service', () => {
  it('says that it does not serve while the store is away, and recovers by itself', async () => {
    const version = await world.addVersion();
    await until(async () => (await health()) === 1);
    await server.stop();
    await until(async () => (await health()) === 2);
    const refused = world.client('viewer').compareDetectors({ backboneVersion: version.digest });
    await expect(refused).rejects.toMatchObject({ code: 'unavailable' });

    await server.start();
    await until(async () => (await health()) === 1);
    const { job } = await fitOf(version.digest);
    expect(await world.finished(job)).toMatchObject({ state: 'succeeded', error: null });
  });

  it('goes on with a job after the store was away in the middle of it', async () => {
    const version = await world.addVersion({ seed: 3, embedded: false });
    world.embedding.slowDown(20);
    const { job } = await fitOf(version.digest);
    const before = world.embedding.embedded();
    await until(async () => world.embedding.embedded() > before + 20);
    await server.stop();
    world.embedding.slowDown(0);
    await delay(500);
    await server.start();
    expect(await world.finished(job)).toMatchObject({ state: 'succeeded', error: null });
    const { detectors } = await world
      .client()
      .listDetectors({ backboneVersion: version.digest, pageSize: 0, pageToken: '' });
    expect(detectors).toHaveLength(1);
  });

  it('gives its job back when it is stopped, and goes on with it when it is started again', async () => {
    const version = await world.addVersion({ seed: 4, embedded: false });
    world.embedding.slowDown(20);
    const { job } = await fitOf(version.digest);
    const before = world.embedding.embedded();
    await until(async () => world.embedding.embedded() > before + 20);
    await world.restart();
    world.embedding.slowDown(0);
    expect(await world.finished(job)).toMatchObject({ state: 'succeeded', error: null, attempt: 2 });
  });

  it('ends a fit that is cancelled in the middle, and publishes nothing', async () => {
    const version = await world.addVersion({ seed: 9 });
    const { job } = await world.client().fitDetectors({
      backboneVersion: version.digest,
      snapshotDigest: '',
      methods: [],
      policy: undefined,
      seed: 1,
      requestId: '',
    });
    await until(async () => (await world.jobs.get(job?.id ?? '')).stage === 'fit');
    await world.jobs.cancel(job?.id ?? '', 'olga');
    expect(await world.finished(job)).toMatchObject({ state: 'cancelled', result: null });
    const { detectors } = await world
      .client()
      .listDetectors({ backboneVersion: version.digest, pageSize: 0, pageToken: '' });
    expect(detectors).toEqual([]);
  });
});

describe('main', () => {
  const main = path.join(import.meta.dirname, '../src/main.ts');

  it('says where it listens, serves, and stops when asked', async () => {
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        DETECTOR_ADDRESS: '127.0.0.1:0',
        EMBEDDING_ADDRESS: world.embedding.address,
        DATABASE_URL: server.url,
        ARTIFACTS_DIR: world.folder,
        SERVICE_TOKEN: 'a-token-of-the-service',
        LOG_LEVEL: 'error',
      },
    });
    const exit = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const said = JSON.parse(line) as { msg: string; address: string };
    expect(said.msg).toBe('listening');

    const client = createClient(DetectorServiceClient, said.address, { token: world.secrets.viewer });
    const answer = await client.listDetectors({ backboneVersion: '', pageSize: 0, pageToken: '' });
    expect(answer.detectors.length).toBeGreaterThan(0);
    client.close();
    const stranger = createClient(DetectorServiceClient, said.address, { token: 'stolen' });
    await expect(stranger.listDetectors({ backboneVersion: '', pageSize: 0, pageToken: '' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    stranger.close();

    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('names the settings that are missing', async () => {
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(output).toContain('DATABASE_URL is not set');
    expect(output).toContain('SERVICE_TOKEN is not set');
  });
});
