import {
  createClient,
  EmbeddingServiceClient,
  EmbeddingServiceService,
  encodeFloat32,
  type EmbedStreamRequest,
  type EmbedStreamResponse,
} from '@outsider/contracts';
import { bidiStreaming, startServer, type RunningServer } from '@outsider/contracts/server';
import { BackboneMismatchError, CancelledError, InvalidArgumentError, UnavailableError } from '@outsider/domain';
import { afterEach, describe, expect, it } from 'vitest';
import { embedItems, type EmbedItemsSettings, type Photo } from './embed-items.ts';
import type { ExpectedSource } from './read-embedding.ts';

const source: ExpectedSource = {
  backboneVersion: 'a'.repeat(64),
  preprocessingDigest: 'b'.repeat(64),
  layers: [{ layer: 'pooled', dimension: 1 }],
};
const photos: Photo[] = Array.from({ length: 100 }, (_, position) => ({
  position,
  contentDigest: position.toString(16).padStart(64, '0'),
  path: `photos/${position}.jpg`,
}));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An embedding service over a real port that follows a script: the activation of an image is its first byte. */
async function serve(
  answer: (requests: AsyncIterable<EmbedStreamRequest>) => AsyncIterable<EmbedStreamResponse>,
): Promise<RunningServer> {
  const server = await startServer({
    address: '127.0.0.1:0',
    addressVariable: 'EMBEDDING_ADDRESS',
    services: [
      {
        name: 'outsider.embedding.v1.EmbeddingService',
        definition: EmbeddingServiceService,
        implementation: { embedStream: bidiStreaming('viewer', (requests) => answer(requests as never)) },
      },
    ],
    authenticate: async () => ({ tokenId: '', name: 'test', role: 'viewer' }),
    logger: silent,
  });
  closers.unshift(() => server.stop({ graceMs: 0 }));
  return server;
}

function settings(server: RunningServer, change: Partial<EmbedItemsSettings> = {}): EmbedItemsSettings {
  const client = createClient(EmbeddingServiceClient, server.address, { token: 'secret' });
  closers.unshift(() => client.close());
  return {
    client,
    source,
    layers: ['pooled'],
    readPhoto: async (digest) => Uint8Array.of(Number.parseInt(digest.slice(-4), 16)),
    signal: new AbortController().signal,
    retryDelayMs: 1,
    ...change,
  };
}

function embedded({ id, request }: EmbedStreamRequest, backboneVersion = source.backboneVersion): EmbedStreamResponse {
  const values = encodeFloat32(Float32Array.of(request?.image[0] ?? -1));
  const { preprocessingDigest } = source;
  const activations = [{ layer: 'pooled', values, dimension: 1 }];
  const embedding = { backboneVersion, preprocessingDigest, activations, timings: undefined };
  return { id, result: { $case: 'embedding', value: embedding } };
}

function refused({ id }: EmbedStreamRequest, code: number, message: string): EmbedStreamResponse {
  return { id, result: { $case: 'error', value: { code, message } } };
}

async function collect(from: EmbedItemsSettings): Promise<Map<number, number | undefined>> {
  const values = new Map<number, number | undefined>();
  for await (const { photo, activations } of embedItems(photos, from)) {
    values.set(photo.position, activations.pooled?.[0]);
  }
  return values;
}

const everyPhotoItsOwn = new Map(photos.map(({ position }) => [position, position]));

function sorted(values: Map<number, number | undefined>) {
  return new Map([...values].sort(([a], [b]) => a - b));
}

describe('embedItems', () => {
  it('gives every photo its own activations, in whatever order they are ready', async () => {
    const server = await serve(async function* (requests) {
      let held: EmbedStreamRequest[] = [];
      for await (const request of requests) {
        held.push(request);
        if (held.length === 4 || request.id === '99') {
          for (const one of held.reverse()) yield embedded(one);
          held = [];
        }
      }
    });
    expect(sorted(await collect(settings(server)))).toEqual(everyPhotoItsOwn);
  });

  it('has no more photos under way than the window', async () => {
    let most = 0;
    const server = await serve(async function* (requests) {
      let held: EmbedStreamRequest[] = [];
      for await (const request of requests) {
        held.push(request);
        most = Math.max(most, held.length);
        if (held.length === 5) {
          for (const one of held) yield embedded(one);
          held = [];
        }
      }
    });
    expect((await collect(settings(server, { window: 5 }))).size).toBe(100);
    expect(most).toBe(5);
  });

  it('goes on where a stream broke', async () => {
    let streams = 0;
    const server = await serve(async function* (requests) {
      streams++;
      let answered = 0;
      for await (const request of requests) {
        yield embedded(request);
        if (++answered === 40) throw new UnavailableError('the process was recycled');
      }
    });
    expect(sorted(await collect(settings(server)))).toEqual(everyPhotoItsOwn);
    expect(streams).toBe(3);
  });

  it('tries photos again that a busy service turned away', async () => {
    const turnedAway = new Set<string>();
    const server = await serve(async function* (requests) {
      for await (const request of requests) {
        const first = Number(request.id) % 3 === 0 && !turnedAway.has(request.id);
        turnedAway.add(request.id);
        yield first ? refused(request, 8, 'the queue is full') : embedded(request);
      }
    });
    expect(sorted(await collect(settings(server)))).toEqual(everyPhotoItsOwn);
  });

  it('names the photo that cannot be embedded', async () => {
    const server = await serve(async function* (requests) {
      for await (const request of requests) {
        yield request.id === '17' ? refused(request, 3, 'truncated JPEG') : embedded(request);
      }
    });
    const failure = collect(settings(server));
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow('photo "photos/17.jpg" (000000000000) cannot be embedded: truncated JPEG');
  });

  it('refuses answers of another backbone version', async () => {
    const server = await serve(async function* (requests) {
      for await (const request of requests) yield embedded(request, 'c'.repeat(64));
    });
    await expect(collect(settings(server))).rejects.toThrow(BackboneMismatchError);
  });

  it('gives up on a service that stays away', async () => {
    const server = await serve(async function* () {
      throw new UnavailableError('warming up');
    });
    await expect(collect(settings(server, { maxSetbacks: 2 }))).rejects.toThrow('warming up');
  });

  it('stops when it is cancelled', async () => {
    const abort = new AbortController();
    const server = await serve(async function* (requests) {
      for await (const request of requests) {
        if (request.id === '9') abort.abort();
        yield embedded(request);
      }
    });
    await expect(collect(settings(server, { signal: abort.signal }))).rejects.toThrow(CancelledError);
  });

  it('fails with what went wrong while reading a photo', async () => {
    const server = await serve(async function* (requests) {
      for await (const request of requests) yield embedded(request);
    });
    const readPhoto = () => Promise.reject(new InvalidArgumentError('the artifact is gone'));
    await expect(collect(settings(server, { readPhoto }))).rejects.toThrow('the artifact is gone');
  });
});
