import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { status, type ServiceError } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import {
  BackboneMismatchError,
  CancelledError,
  DomainError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  PermissionDeniedError,
  ResourceExhaustedError,
  UnauthenticatedError,
  UnavailableError,
} from '@outsider/domain';
import {
  createClient,
  DatasetServiceClient,
  DatasetServiceService,
  DeadlineExceededError,
  EmbeddingServiceClient,
  EmbeddingServiceService,
  EmbedRequest,
  JobServiceClient,
  JobServiceService,
  RemoteFailureError,
  UnsupportedError,
  type DatasetServiceServer,
  type EmbeddingServiceServer,
  type EmbedStreamRequest,
  type JobServiceServer,
} from '../index.ts';
import type { FinishedCall } from './gatekeeper.ts';
import {
  bidiStreaming,
  clientStreaming,
  serverStreaming,
  startServer,
  unary,
  type Call,
  type RunningServer,
} from './index.ts';
import { askHealth, authenticate, keepingLogger, rawUnary, tokens } from './server-fixture.ts';

const embedRequest = { image: Buffer.from('image'), backboneVersion: '', layers: [] };
const service = 'outsider.embedding.v1.EmbeddingService';
const running: RunningServer[] = [];
const closing: { close(): void }[] = [];

afterEach(async () => {
  for (const client of closing.splice(0)) client.close();
  for (const server of running.splice(0)) await server.stop({ graceMs: 100 });
});

interface Handlers {
  embed?: (call: Call, image: Buffer) => Promise<void> | void;
  embedStream?: (
    requests: AsyncIterable<EmbedStreamRequest>,
    call: Call,
  ) => AsyncIterable<{ id: string; result: undefined }>;
  watchJob?: (call: Call) => AsyncIterable<{ event: undefined }>;
  importSnapshot?: (requests: AsyncIterable<unknown>, call: Call) => Promise<void>;
}

/** A server whose handlers answer with next to nothing, but for what a test puts in their place. */
async function serve(handlers: Handlers = {}, settings: { maxMessageBytes?: number; address?: string } = {}) {
  const logger = keepingLogger();
  const ended: FinishedCall[] = [];
  const embedding: EmbeddingServiceServer = {
    embed: unary('viewer', async ({ image }, call) => {
      await handlers.embed?.(call, image);
      return { embedding: undefined };
    }),
    embedStream: bidiStreaming('viewer', (requests, call) => handlers.embedStream?.(requests, call) ?? echo(requests)),
    listLoadedVersions: unary('operator', () => ({ versions: [] })),
  };
  const jobs: JobServiceServer = {
    getJob: unary('viewer', () => ({ job: undefined })),
    listJobs: unary('viewer', () => ({ jobs: [], nextPageToken: '' })),
    watchJob: serverStreaming('viewer', (_, call) => handlers.watchJob?.(call) ?? repeat(3)),
    cancelJob: unary('operator', () => ({ job: undefined })),
  };
  const datasets: Partial<DatasetServiceServer> = {
    importSnapshot: clientStreaming('operator', async (requests, call) => {
      if (handlers.importSnapshot) await handlers.importSnapshot(requests, call);
      const names: string[] = [];
      for await (const { part } of requests) names.push(part?.$case ?? '');
      return { snapshot: undefined, skipped: [{ path: names.join(), reason: '' }], duplicates: [] };
    }),
  };
  const server = await startServer({
    address: settings.address ?? '127.0.0.1:0',
    addressVariable: 'EMBEDDING_ADDRESS',
    services: [
      { name: service, definition: EmbeddingServiceService, implementation: embedding },
      { name: 'outsider.registry.v1.JobService', definition: JobServiceService, implementation: jobs },
      {
        name: 'outsider.registry.v1.DatasetService',
        definition: DatasetServiceService,
        implementation: datasets as DatasetServiceServer,
      },
    ],
    authenticate,
    logger,
    onCallEnd: (call) => ended.push(call),
    maxMessageBytes: settings.maxMessageBytes,
  });
  running.push(server);
  const connect = (token: string) => ({
    embedding: createClient(EmbeddingServiceClient, server.address, { token, maxMessageBytes: 64 * 2 ** 20 }),
    jobs: createClient(JobServiceClient, server.address, { token }),
    datasets: createClient(DatasetServiceClient, server.address, { token }),
  });
  const clients = {
    operator: connect(tokens.operator),
    viewer: connect(tokens.viewer),
    unknown: connect(tokens.unknown),
    none: connect(''),
  };
  closing.push(...Object.values(clients).flatMap((each) => Object.values(each)));
  return { server, logger, ended, ...clients };
}

async function* echo(requests: AsyncIterable<EmbedStreamRequest>) {
  for await (const { id } of requests) yield { id, result: undefined };
}

async function* repeat(times: number) {
  for (let i = 0; i < times; i++) yield { event: undefined };
}

async function rejection(promise: Promise<unknown>): Promise<DomainError> {
  const error: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof DomainError) return error;
  throw new Error(`expected a DomainError, got ${String(error)}`);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

describe('who may call', () => {
  it('refuses a call without a token and one with an unknown token, on our services and on reflection', async () => {
    const { none, unknown, server } = await serve();
    expect(await rejection(none.embedding.embed(embedRequest))).toBeInstanceOf(UnauthenticatedError);
    const refused = await rejection(unknown.embedding.embed(embedRequest));
    expect(refused).toBeInstanceOf(UnauthenticatedError);
    expect(refused.message).toBe('the token is unknown, revoked or expired');
    for (const version of ['v1', 'v1alpha']) {
      const reflection = rawUnary(
        server.address,
        `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
        Buffer.alloc(0),
        {},
      );
      await expect(reflection).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    }
  });

  it('refuses a viewer what only an operator may do, and tells handlers who calls', async () => {
    const callers: string[] = [];
    const { viewer, operator } = await serve({
      embed: (call) => void callers.push(`${call.principal.name}, ${call.principal.role}`),
    });
    await viewer.embedding.embed(embedRequest);
    expect(callers).toEqual(['victor, viewer']);
    expect(await rejection(viewer.embedding.listLoadedVersions({}))).toBeInstanceOf(PermissionDeniedError);
    expect(await rejection(viewer.datasets.importSnapshot([]))).toBeInstanceOf(PermissionDeniedError);
    await expect(operator.embedding.listLoadedVersions({})).resolves.toEqual({ versions: [] });
  });

  it('answers health checks without a token', async () => {
    const { server } = await serve();
    expect(await askHealth(server.address)).toBe('NOT_SERVING');
    server.setServing(true);
    expect(await askHealth(server.address)).toBe('SERVING');
    expect(await askHealth(server.address, service)).toBe('SERVING');
  });

  it('keeps the token from handlers', async () => {
    let seen: unknown;
    const { viewer } = await serve({ embed: (call) => void (seen = call.metadata.getMap()) });
    await viewer.embedding.embed(embedRequest);
    expect(JSON.stringify(seen)).not.toContain(tokens.viewer);
  });
});

describe('errors', () => {
  it.each<[DomainError, new (...args: never[]) => DomainError, status]>([
    [
      new InvalidArgumentError('layers: expected "pooled"', { field: 'layers' }),
      InvalidArgumentError,
      status.INVALID_ARGUMENT,
    ],
    [new NotFoundError('backbone version', 'abc'), NotFoundError, status.NOT_FOUND],
    [new BackboneMismatchError('detector 7', 'a', 'b'), FailedPreconditionError, status.FAILED_PRECONDITION],
    [
      new ResourceExhaustedError('the queue is full', { retryDelayMs: '250' }),
      ResourceExhaustedError,
      status.RESOURCE_EXHAUSTED,
    ],
    [new UnavailableError('warming up'), UnavailableError, status.UNAVAILABLE],
    [new DeadlineExceededError('too slow'), DeadlineExceededError, status.DEADLINE_EXCEEDED],
    [new UnsupportedError('not here'), UnsupportedError, status.UNIMPLEMENTED],
  ])('keep class, message and details on their way: %s', async (thrown, Class, code) => {
    const { viewer, ended } = await serve({
      embed: () => Promise.reject(thrown),
      watchJob: async function* () {
        throw thrown;
      },
    });
    const caught = [
      await rejection(viewer.embedding.embed(embedRequest)),
      await rejection(Array.fromAsync(viewer.jobs.watchJob({ jobId: '', afterSequence: 0 }))),
    ];
    for (const error of caught) {
      expect(error).toBeInstanceOf(Class);
      expect(error.message).toBe(thrown.message);
      expect(error.details).toMatchObject(thrown.details);
    }
    await until(() => ended.length === 2);
    expect(ended.map((call) => call.code)).toEqual([status[code], status[code]]);
  });

  it('tells a caller when to try again, a second by default', async () => {
    const { viewer } = await serve({ embed: () => Promise.reject(new UnavailableError('warming up')) });
    expect((await rejection(viewer.embedding.embed(embedRequest))).details.retryDelayMs).toBe('1000');
  });

  it('say nothing of a defect but an id, under which the log has it', async () => {
    const { viewer, logger } = await serve({ embed: () => Promise.reject(new TypeError('secret is not a function')) });
    const error = await rejection(viewer.embedding.embed(embedRequest));
    expect(error).toBeInstanceOf(RemoteFailureError);
    expect(error.message).not.toContain('secret');
    const [line] = logger.lines;
    expect(error.message).toContain(String(line?.facts.errorId));
    expect((line?.facts.err as Error).message).toBe('secret is not a function');
  });

  it('survive a message that no header can hold', async () => {
    const message = `\ud800 ${'ü'.repeat(5000)}\n100 %`;
    const { viewer } = await serve({ embed: () => Promise.reject(new InvalidArgumentError(message)) });
    const error = await rejection(viewer.embedding.embed(embedRequest));
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toMatch(/^\ufffd ü+…$/);
  });

  it('call bytes that are no message an invalid argument', async () => {
    const { server } = await serve();
    const garbage = rawUnary(server.address, `/${service}/Embed`, Buffer.from([0x0a, 0xff, 0xff]), {
      authorization: `Bearer ${tokens.viewer}`,
    });
    await expect(garbage).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('end none of the server, whatever bytes come', async () => {
    const { server, viewer, logger } = await serve();
    const sound = Buffer.from(
      EmbedRequest.encode({ ...embedRequest, backboneVersion: 'abc', layers: ['pooled', 'logits'] }).finish(),
    );
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    const answers = await Promise.all(
      Array.from({ length: 500 }, () => {
        const mutated = Buffer.from(sound.subarray(0, random(sound.length + 1)));
        for (let i = random(4); i >= 0 && mutated.length > 0; i--) mutated[random(mutated.length)] = random(256);
        return rawUnary(server.address, `/${service}/Embed`, mutated, {
          authorization: `Bearer ${tokens.viewer}`,
        }).then(
          () => status.OK,
          (error: ServiceError) => error.code,
        );
      }),
    );
    expect(new Set(answers)).toEqual(new Set([status.OK, status.INVALID_ARGUMENT]));
    expect(logger.lines).toEqual([]);
    await viewer.embedding.embed(embedRequest);
  });

  it('name the service that cannot be reached', async () => {
    const { server, viewer } = await serve();
    await server.stop();
    const error = await rejection(viewer.embedding.embed(embedRequest));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error.message).toBe(`no service answers at ${server.address}`);
  });
});

describe('limits', () => {
  it('let an image of 32 MiB pass and refuse a message of 50 MB in one sentence', async () => {
    let received = 0;
    const { viewer, operator } = await serve({ embed: (_, image) => void (received = image.length) });
    await viewer.embedding.embed({ ...embedRequest, image: Buffer.alloc(32 * 2 ** 20) });
    expect(received).toBe(32 * 2 ** 20);
    const error = await rejection(viewer.embedding.embed({ ...embedRequest, image: Buffer.alloc(50_000_000) }));
    expect(error).toBeInstanceOf(ResourceExhaustedError);
    expect(error.message).toBe('the message is 47.7 MiB; at most 36 MiB are accepted');
    await operator.embedding.listLoadedVersions({});
  });

  it('end a call at its deadline, and the work with it', async () => {
    const aborted = Promise.withResolvers<void>();
    const { viewer } = await serve({
      embed: (call) =>
        new Promise((_, reject) =>
          call.signal.addEventListener('abort', () => (aborted.resolve(), reject(new Error('late')))),
        ),
    });
    expect(await rejection(viewer.embedding.embed(embedRequest, { deadlineMs: 100 }))).toBeInstanceOf(
      DeadlineExceededError,
    );
    await aborted.promise;
  });

  it('tell handlers the deadline, which the earlier of two sets', async () => {
    let deadline: Date | undefined;
    const { viewer } = await serve({ embed: (call) => void (deadline = call.deadline) });
    const own = new Date(Date.now() + 5_000);
    await viewer.embedding.embed(embedRequest, { deadline: own, deadlineMs: 60_000 });
    expect(Math.abs((deadline?.getTime() ?? 0) - own.getTime())).toBeLessThan(1_500);
  });
});

describe('streams', () => {
  it('carry requests and responses both ways', async () => {
    const { viewer, operator } = await serve();
    const ids = Array.from({ length: 500 }, (_, i) => String(i));
    const answers = await Array.fromAsync(viewer.embedding.embedStream(ids.map((id) => ({ id, request: undefined }))));
    expect(answers.map(({ id }) => id)).toEqual(ids);
    expect(await Array.fromAsync(viewer.jobs.watchJob({ jobId: '', afterSequence: 0 }))).toHaveLength(3);
    const header = { part: { $case: 'header' as const, value: { dataset: '', seed: 0, requestId: '', skipped: [] } } };
    const { skipped } = await operator.datasets.importSnapshot([header, header]);
    expect(skipped[0]?.path).toBe('header,header');
  });

  it('hold a sender back while the handler reads nothing', async () => {
    const go = Promise.withResolvers<void>();
    let sent = 0;
    async function* images() {
      for (; sent < 100; sent++) yield { id: String(sent), request: { ...embedRequest, image: Buffer.alloc(2 ** 20) } };
    }
    const { viewer } = await serve({
      async *embedStream(requests) {
        await go.promise;
        yield* echo(requests);
      },
    });
    const answers = Array.fromAsync(viewer.embedding.embedStream(images()));
    let before = -1;
    while (sent !== before) {
      before = sent;
      await sleep(200);
    }
    // Without back-pressure all 100 MiB leave at once: the rest is what sockets and both ends' windows hold.
    expect(sent).toBeLessThan(40);
    go.resolve();
    expect(await answers).toHaveLength(100);
  });

  it('hold a handler back while the caller reads nothing', async () => {
    let yielded = 0;
    const { viewer } = await serve({
      async *embedStream() {
        for (; yielded < 3_000; yielded++) yield { id: 'x'.repeat(100_000), result: undefined };
      },
    });
    const answers = viewer.embedding.embedStream([])[Symbol.asyncIterator]();
    await answers.next();
    let before = -1;
    while (yielded !== before) {
      before = yielded;
      await sleep(200);
    }
    expect(yielded).toBeLessThan(300);
    await answers.return?.();
  });

  it('abort the handler when the caller leaves a loop, and run its finally', async () => {
    const cleaned = Promise.withResolvers<void>();
    const { viewer, ended } = await serve({
      async *watchJob(call) {
        try {
          yield { event: undefined };
          await new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(new Error('stop'))));
        } finally {
          cleaned.resolve();
        }
      },
    });
    for await (const _ of viewer.jobs.watchJob({ jobId: '', afterSequence: 0 })) break;
    await cleaned.promise;
    await until(() => ended.length === 1);
    expect(ended[0]?.code).toBe('CANCELLED');
  });

  it('end with CancelledError when the caller aborts', async () => {
    const { viewer, logger } = await serve({
      watchJob: async function* (call) {
        yield { event: undefined };
        await new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(new Error('stop'))));
      },
    });
    const abort = new AbortController();
    const events = viewer.jobs
      .watchJob({ jobId: '', afterSequence: 0 }, { signal: abort.signal })
      [Symbol.asyncIterator]();
    await events.next();
    abort.abort();
    expect(await rejection(events.next())).toBeInstanceOf(CancelledError);
    expect(await rejection(viewer.embedding.embed(embedRequest, { signal: abort.signal }))).toBeInstanceOf(
      CancelledError,
    );
    expect(logger.lines).toEqual([]);
  });

  it('give a handler that still reads a CancelledError when the caller is gone', async () => {
    const seen = Promise.withResolvers<unknown>();
    const { viewer } = await serve({
      async *embedStream(requests) {
        try {
          yield* echo(requests);
        } catch (error) {
          seen.resolve(error);
          throw error;
        }
      },
    });
    async function* endless() {
      yield { id: '1', request: undefined };
      await sleep(60_000, undefined, { ref: false });
    }
    const answers = viewer.embedding.embedStream(endless())[Symbol.asyncIterator]();
    await answers.next();
    await answers.return?.();
    expect(await seen.promise).toBeInstanceOf(CancelledError);
  });

  it('are not taken for complete when the caller goes away in the middle', async () => {
    const seen = Promise.withResolvers<unknown>();
    const { operator } = await serve({
      importSnapshot: async (requests) => {
        try {
          for await (const _ of requests) abort.abort();
          seen.resolve('complete');
        } catch (error) {
          seen.resolve(error);
        }
      },
    });
    const abort = new AbortController();
    async function* endless() {
      yield { part: undefined };
      await sleep(60_000, undefined, { ref: false });
    }
    expect(await rejection(operator.datasets.importSnapshot(endless(), { signal: abort.signal }))).toBeInstanceOf(
      CancelledError,
    );
    expect(await seen.promise).toBeInstanceOf(CancelledError);
  });

  it('fail with what the caller’s own requests throw', async () => {
    const { viewer, operator } = await serve();
    async function* failing() {
      yield { id: '1', request: undefined };
      throw new InvalidArgumentError('photo.jpg cannot be read');
    }
    expect((await rejection(Array.fromAsync(viewer.embedding.embedStream(failing())))).message).toBe(
      'photo.jpg cannot be read',
    );
    async function* broken(): AsyncGenerator<{ part: undefined }> {
      throw new InvalidArgumentError('folder cannot be read');
    }
    expect((await rejection(operator.datasets.importSnapshot(broken()))).message).toBe('folder cannot be read');
  });
});

describe('starting and stopping', () => {
  it('names the taken port and the variable that sets it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(serve({}, { address: `127.0.0.1:${port}` })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is taken by another program; set EMBEDDING_ADDRESS to another host:port`,
    );
    other.close();
    await expect(serve({}, { address: 'nowhere' })).rejects.toThrow(
      'EMBEDDING_ADDRESS: expected host:port, got "nowhere"',
    );
  });

  it('finishes the calls under way and refuses new ones', async () => {
    const go = Promise.withResolvers<void>();
    let started = 0;
    const { viewer, operator, server } = await serve({
      embed: () => {
        started++;
        return go.promise;
      },
    });
    const admitted = Array.from({ length: 20 }, () => viewer.embedding.embed(embedRequest));
    await until(() => started === 20);
    const stopped = server.stop({ graceMs: 20_000 });
    expect(await rejection(operator.embedding.embed(embedRequest))).toBeInstanceOf(UnavailableError);
    go.resolve();
    expect(await Promise.all(admitted)).toHaveLength(20);
    await stopped;
  });

  it('ends calls that outlast the grace period', async () => {
    let signal: AbortSignal | undefined;
    const { viewer, server } = await serve({
      embed: (call) => {
        signal = call.signal;
        return new Promise(() => undefined);
      },
    });
    const call = rejection(viewer.embedding.embed(embedRequest));
    await until(() => signal !== undefined);
    await server.stop({ graceMs: 50 });
    expect(await call).toBeInstanceOf(DomainError);
    await until(() => signal?.aborted === true);
  });
});
