import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import {
  createClient,
  decodeFloat32,
  EmbeddingServiceClient,
  type Embedding,
  type EmbeddingServiceService,
  type EmbedRequest,
  type EmbedStreamResponse,
  type TypedClient,
} from '@outsider/contracts';
import { createDatabase, tokenRepository, type Database } from '@outsider/database';
import { testServer, type TestServer } from '@outsider/database/testing';
import {
  CancelledError,
  DomainError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  ResourceExhaustedError,
  UnauthenticatedError,
  UnavailableError,
} from '@outsider/domain';
import { selectBackend } from '@outsider/finetuning';
import { preprocess } from '@outsider/images';
import { createLogger } from '@outsider/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { openContext, type Context } from '../src/context.ts';
import { startEmbeddingService, type EmbeddingService } from '../src/embedding-service.ts';
import { askHealth } from './ask-health.ts';
import { png } from './png.ts';
import { seedVersion, type SeededVersion } from './seed-version.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'outsider-embedding-'));
const tiny = {
  size: [32, 32],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1 / 127.5,
  mean: [1, 1, 1],
  std: [1, 1, 1],
} as const;

let postgres: TestServer;
let db: Database;
let artifacts: ArtifactStore;
let token: string;
let first: SeededVersion;
let second: SeededVersion;

beforeAll(async () => {
  [postgres, artifacts] = await Promise.all([
    testServer(),
    openArtifactStore(folder),
    selectBackend({ force: 'wasm' }),
  ]).then(([server, store]) => [server, store] as const);
  db = createDatabase(postgres.url);
  token = (await tokenRepository(db).create({ name: 'test', role: 'viewer' }, 'test')).secret;
  first = await seedVersion(db, artifacts, 1);
  second = await seedVersion(db, artifacts, 2);
}, 60_000);

afterAll(async () => {
  await db?.$disconnect();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
});

type EmbeddingClient = TypedClient<typeof EmbeddingServiceService>;

interface Running {
  readonly context: Context;
  readonly service: EmbeddingService;
  readonly client: EmbeddingClient;
}

async function withService(
  environment: Record<string, string>,
  test: (running: Running) => Promise<void>,
): Promise<void> {
  const config = readConfig({
    EMBEDDING_ADDRESS: '127.0.0.1:0',
    DATABASE_URL: postgres.url,
    ARTIFACTS_DIR: folder,
    EMBEDDING_THREADS: '1',
    EMBEDDING_MAX_BATCH: '4',
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const context = await openContext(config, createLogger({ name: 'test', level: config.logLevel }));
  const service = await startEmbeddingService(context);
  const client = createClient(EmbeddingServiceClient, service.address, { token });
  try {
    await test({ context, service, client });
  } finally {
    client.close();
    await service.stop();
  }
}

function image(seed: number): Buffer {
  return png(40, 30, (x, y) => [(x * 6 + seed * 31) % 256, (y * 8 + seed * 57) % 256, (x * y + seed * 13) % 256]);
}

function ask(seed: number, backboneVersion: string, layers: string[] = []): EmbedRequest {
  return { image: image(seed), backboneVersion, layers };
}

function vectors(embedding: Embedding | undefined): Record<string, Float32Array> {
  const activations = embedding?.activations ?? [];
  return Object.fromEntries(
    activations.map(({ layer, values, dimension }) => [layer, decodeFloat32(values, dimension)]),
  );
}

/** What TensorFlow.js makes of the same image. */
async function expected(version: SeededVersion, seed: number): Promise<Record<string, Float32Array>> {
  return version.network.predict(await preprocess(image(seed), tiny), 1);
}

function expectClose(actual: Record<string, Float32Array>, wanted: Record<string, Float32Array>): void {
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const [layer, values] of Object.entries(wanted)) {
    const scale = Math.max(...values.map(Math.abs));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - (actual[layer]?.[i] ?? NaN))));
    expect(worst / scale, layer).toBeLessThan(1e-4);
  }
}

async function rejection(promise: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof DomainError) return error;
  throw new Error(`expected a DomainError, got ${String(error)}`);
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(20);
}

describe('Embed', () => {
  it('gives the activations that TensorFlow.js gives, dated with all that made them', async () => {
    await withService({}, async ({ client }) => {
      const { embedding } = await client.embed(ask(3, first.digest));
      expectClose(vectors(embedding), await expected(first, 3));
      expect(embedding?.backboneVersion).toBe(first.digest);
      expect(embedding?.preprocessingDigest).toMatch(/^[0-9a-f]{64}$/);
      expect(embedding?.activations.map(({ layer, dimension }) => [layer, dimension])).toEqual([
        ['relevant_layer', 16],
        ['pooled', 64],
        ['logits', 2],
      ]);
      const timings = embedding?.timings;
      expect(timings?.batchSize).toBe(1);
      expect([timings?.decodeMs, timings?.inferenceMs].every((ms) => ms !== undefined && ms > 0)).toBe(true);
      const other = await client.embed(ask(3, second.digest, ['logits']));
      expectClose(vectors(other.embedding), { logits: (await expected(second, 3)).logits ?? new Float32Array() });
    });
  });

  it('shares inferences among simultaneous callers, and mixes none of them up', async () => {
    await withService({ EMBEDDING_MAX_DELAY_MS: '200' }, async ({ client }) => {
      await client.embed(ask(0, first.digest));
      const seeds = Array.from({ length: 10 }, (_, i) => i);
      const answers = await Promise.all(seeds.map((seed) => client.embed(ask(seed, first.digest))));
      for (const seed of seeds) expectClose(vectors(answers[seed]?.embedding), await expected(first, seed));
      expect(Math.max(...answers.map(({ embedding }) => embedding?.timings?.batchSize ?? 0))).toBe(4);
    });
  });

  it('says what is wrong with a request', async () => {
    await withService({}, async ({ client, service }) => {
      const unknown = 'f'.repeat(64);
      expect((await rejection(client.embed(ask(0, unknown)))).message).toBe(`no backbone version "${unknown}"`);
      expect(await rejection(client.embed(ask(0, 'latest')))).toBeInstanceOf(NotFoundError);

      const layers = await rejection(client.embed(ask(0, first.digest, ['conv1'])));
      expect(layers).toBeInstanceOf(InvalidArgumentError);
      expect(layers.message).toBe('layers: expected "relevant_layer", "pooled", "logits", got "conv1"');

      const bad = { ...ask(0, first.digest), image: image(0).subarray(0, 500) };
      expect(await rejection(client.embed(bad))).toBeInstanceOf(InvalidArgumentError);
      expect((await rejection(client.embed({ ...bad, image: Buffer.alloc(0) }))).message).toContain('empty');

      const stranger = createClient(EmbeddingServiceClient, service.address, { token: 'outsider_nobody' });
      expect(await rejection(stranger.embed(ask(0, first.digest)))).toBeInstanceOf(UnauthenticatedError);
      stranger.close();
    });
  });

  it('refuses a version whose images this build would prepare otherwise', async () => {
    const stale = await seedVersion(db, artifacts, 3, { preprocessingDigest: 'a'.repeat(64) });
    await withService({}, async ({ client }) => {
      const error = await rejection(client.embed(ask(0, stale.digest)));
      expect(error).toBeInstanceOf(FailedPreconditionError);
      expect(error.details.reason).toBe('PREPROCESSING_MISMATCH');
    });
  });

  it('refuses at once what is too much, and tells when to try again', async () => {
    await withService({ EMBEDDING_MAX_QUEUE: '3', EMBEDDING_MAX_DELAY_MS: '300' }, async ({ client }) => {
      await client.embed(ask(0, first.digest));
      const results = await Promise.allSettled(
        Array.from({ length: 12 }, (_, i) => client.embed(ask(i, first.digest))),
      );
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as DomainError] : []));
      expect(results.length - refused.length).toBeGreaterThanOrEqual(3);
      expect(refused.length).toBeGreaterThan(0);
      for (const error of refused) {
        expect(error).toBeInstanceOf(ResourceExhaustedError);
        expect(error.details).toMatchObject({ reason: 'QUEUE_FULL', retryDelayMs: '500' });
      }
    });
  });
});

describe('EmbedStream', () => {
  it('answers a hundred images, bad ones with an error of their own', async () => {
    await withService({}, async ({ client }) => {
      const requests = Array.from({ length: 100 }, (_, i) => ({
        id: String(i),
        request:
          i % 10 === 3 ? { ...ask(i, first.digest), image: Buffer.from('no image') } : ask(i, first.digest, ['pooled']),
      }));
      requests.push({ id: 'unknown', request: ask(0, 'e'.repeat(64)) });
      const answers = new Map<string, EmbedStreamResponse['result']>();
      for await (const { id, result } of client.embedStream([...requests, { id: 'empty', request: undefined }]))
        answers.set(id, result);

      expect(answers.size).toBe(102);
      for (let i = 0; i < 100; i++) {
        const result = answers.get(String(i));
        if (i % 10 === 3) expect(result).toMatchObject({ $case: 'error', value: { code: 3 } });
        else if (i % 7 === 0 && result?.$case === 'embedding') {
          expectClose(vectors(result.value), { pooled: (await expected(first, i)).pooled ?? new Float32Array() });
        } else expect(result?.$case).toBe('embedding');
      }
      expect(answers.get('unknown')).toMatchObject({ $case: 'error', value: { code: 5 } });
      expect(answers.get('empty')).toMatchObject({ $case: 'error', value: { code: 3 } });
    });
  });

  it('takes in no more than it can work on while nobody reads the answers', async () => {
    await withService({}, async ({ client }) => {
      let sent = 0;
      async function* requests() {
        const large = png(200, 200, (x, y) => [(x * 7919 + y * 104729) % 256, (x * y) % 251, (x ^ y) % 256]);
        for (; sent < 5_000; sent++)
          yield { id: String(sent), request: { image: large, backboneVersion: first.digest, layers: [] } };
      }
      const answers = client.embedStream(requests())[Symbol.asyncIterator]();
      await answers.next();
      let before = -1;
      while (sent !== before) {
        before = sent;
        await sleep(400);
      }
      // Answers of half a kilobyte fill HTTP/2's windows (twice 64 KiB) and a few buffers of 16 messages: about 270.
      expect(sent).toBeLessThan(500);
      await answers.return?.();
    });
  });

  it('drops what a caller no longer wants', async () => {
    await withService({ EMBEDDING_MAX_DELAY_MS: '10000', EMBEDDING_MAX_BATCH: '64' }, async ({ client, context }) => {
      const abort = new AbortController();
      const queued = client.embed(ask(0, first.digest), { signal: abort.signal });
      const streamed = Array.fromAsync(
        client.embedStream([{ id: '1', request: ask(1, first.digest) }], { signal: abort.signal }),
      );
      await until(() => context.unarySlots.taken + context.streamSlots.taken === 2);
      abort.abort();
      expect(await rejection(queued)).toBeInstanceOf(CancelledError);
      expect(await rejection(streamed)).toBeInstanceOf(CancelledError);
      await until(() => context.unarySlots.taken + context.streamSlots.taken + context.decoders.taken === 0);
    });
  });
});

describe('production', () => {
  it('is what callers get who name no version', async () => {
    await withService({}, async ({ client, service }) => {
      const none = await rejection(client.embed(ask(0, '')));
      expect(none).toBeInstanceOf(FailedPreconditionError);
      expect(none.message).toBe('nothing is in production: promote a bundle, or name a backbone_version');

      await first.promote();
      expect((await client.embed(ask(0, ''))).embedding?.backboneVersion).toBe(first.digest);
      await until(async () => (await askHealth(service.address)) === 'SERVING');
    });
  });

  it('changes over to a new promotion without failing a call', async () => {
    await withService({ EMBEDDING_MAX_VERSIONS: '1' }, async ({ client, context }) => {
      await context.production.ready;
      expect((await client.listLoadedVersions({})).versions).toMatchObject([
        { backboneVersion: first.digest, ready: true },
      ]);

      const answeredBy: string[] = [];
      const callers = Array.from({ length: 4 }, async () => {
        while (answeredBy.at(-1) !== second.digest) {
          const { embedding } = await client.embed(ask(1, ''));
          answeredBy.push(embedding?.backboneVersion ?? '');
        }
      });
      await until(() => answeredBy.length > 0);
      await second.promote();
      await Promise.all(callers);
      expect(new Set(answeredBy)).toEqual(new Set([first.digest, second.digest]));

      await until(async () => (await client.listLoadedVersions({})).versions.length === 1);
      const { versions } = await client.listLoadedVersions({});
      expect(versions).toMatchObject([{ backboneVersion: second.digest, ready: true }]);
      if (process.platform === 'linux') expect(versions[0]?.residentBytes).toBeGreaterThan(10_000_000);
    });
  });

  it('answers again after its inference process was killed', async () => {
    await withService({}, async ({ client, context }) => {
      await client.embed(ask(0, first.digest));
      const pid = context.pool.list().find(({ digest }) => digest === first.digest)?.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await until(async () => {
        const result = await client.embed(ask(1, first.digest)).catch((error: unknown) => error);
        if (result instanceof UnavailableError) return false;
        expectClose(vectors((result as { embedding: Embedding }).embedding), await expected(first, 1));
        return context.pool.list().find(({ digest }) => digest === first.digest)?.pid !== pid;
      });
    });
  });
});

describe('the store', () => {
  it('being gone makes the service NOT_SERVING; it recovers by itself', async () => {
    await withService({}, async ({ client, service }) => {
      await client.embed(ask(0, first.digest));
      await until(async () => (await askHealth(service.address)) === 'SERVING');
      await postgres.kill();
      await until(async () => (await askHealth(service.address)) === 'NOT_SERVING');
      const unchecked = createClient(EmbeddingServiceClient, service.address, { token: 'outsider_unknown' });
      expect(await rejection(unchecked.embed(ask(0, first.digest)))).toBeInstanceOf(UnavailableError);
      unchecked.close();
      await postgres.start();
      await until(async () => (await askHealth(service.address)) === 'SERVING');
      expect((await client.embed(ask(0, first.digest))).embedding?.backboneVersion).toBe(first.digest);
    });
  }, 60_000);
});

describe('main.ts', () => {
  const children: ChildProcess[] = [];
  afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

  function start(environment: Record<string, string>) {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '../src/main.ts')], {
      env: {
        PATH: process.env.PATH,
        LOG_LEVEL: 'error',
        DATABASE_URL: postgres.url,
        ARTIFACTS_DIR: folder,
        ...environment,
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, line: async () => JSON.parse(String((await lines.next()).value)) as Record<string, string> };
  }

  it('says where it listens, and stops within its grace period when its supervisor dies', async () => {
    const { child, line } = start({ EMBEDDING_ADDRESS: '127.0.0.1:0' });
    const { msg, address } = await line();
    expect(msg).toBe('listening');
    const client = createClient(EmbeddingServiceClient, address ?? '', { token });
    expect((await client.embed(ask(0, first.digest))).embedding?.backboneVersion).toBe(first.digest);
    client.close();
    const exited = once(child, 'exit');
    child.stdin?.destroy();
    expect(await exited).toEqual([0, null]);
  });

  it('names a taken port and the variable that sets it', async () => {
    await withService({}, async ({ service }) => {
      const { child, line } = start({ EMBEDDING_ADDRESS: service.address });
      expect((await line()).msg).toContain('is taken by another program; set EMBEDDING_ADDRESS');
      expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1);
    });
  });
});
