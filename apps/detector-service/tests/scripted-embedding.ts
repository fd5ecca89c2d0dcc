import {
  EmbeddingServiceService,
  encodeFloat32,
  statusCodeOf,
  type Embedding,
  type EmbedRequest,
  type EmbedResponse,
  type EmbedStreamRequest,
  type EmbedStreamResponse,
} from '@outsider/contracts';
import { bidiStreaming, startServer, unary } from '@outsider/contracts/server';
import { DomainError, InvalidArgumentError, NotFoundError, type Digest, type Layer } from '@outsider/domain';
import type { SyntheticActivations } from './synthetic-activations.ts';

/**
 * An embedding service over a real port whose backbones are tables: it knows some photos and the activations of each, so
 * that tests know what is novel. The real one takes part in `real-embedding.test.ts`.
 */
export interface ScriptedEmbedding {
  readonly address: string;
  /** Images embedded so far. */
  embedded(): number;
  /** Milliseconds that each image takes from now on. */
  slowDown(ms: number): void;
  teach(
    version: Digest,
    preprocessingDigest: Digest,
    photos: readonly Buffer[],
    activations: SyntheticActivations,
  ): void;
  /** From now on this photo is no image to it. */
  forget(version: Digest, photo: Buffer): void;
  stop(): Promise<void>;
}

export async function startScriptedEmbedding(): Promise<ScriptedEmbedding> {
  const known = new Map<string, () => Embedding>();
  const versions = new Set<string>();
  let count = 0;
  let delayMs = 0;

  async function embed({ image, backboneVersion, layers }: EmbedRequest): Promise<Embedding> {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (!versions.has(backboneVersion)) throw new NotFoundError('backbone version', backboneVersion);
    const found = known.get(`${backboneVersion}/${image.toString()}`);
    if (!found) throw new InvalidArgumentError('the bytes are no image');
    count++;
    const embedding = found();
    return { ...embedding, activations: embedding.activations.filter(({ layer }) => layers.includes(layer)) };
  }

  const server = await startServer({
    address: '127.0.0.1:0',
    addressVariable: 'EMBEDDING_ADDRESS',
    services: [
      {
        name: 'outsider.embedding.v1.EmbeddingService',
        definition: EmbeddingServiceService,
        implementation: {
          embed: unary<EmbedRequest, EmbedResponse>('viewer', async (request) => ({ embedding: await embed(request) })),
          embedStream: bidiStreaming<EmbedStreamRequest, EmbedStreamResponse>('viewer', async function* (requests) {
            for await (const { id, request } of requests) {
              try {
                yield { id, result: { $case: 'embedding', value: await embed(request as EmbedRequest) } };
              } catch (error) {
                if (!(error instanceof DomainError)) throw error;
                yield { id, result: { $case: 'error', value: { code: statusCodeOf(error), message: error.message } } };
              }
            }
          }),
        },
      },
    ],
    authenticate: async () => ({ tokenId: '', name: 'detector-service', role: 'viewer' }),
    logger: { info: () => undefined, warn: () => undefined, error: console.error },
  });

  return {
    address: server.address,
    embedded: () => count,
    slowDown(ms) {
      delayMs = ms;
    },
    teach(version, preprocessingDigest, photos, { byLayer }) {
      versions.add(version);
      photos.forEach((photo, i) => {
        known.set(`${version}/${photo.toString()}`, () => ({
          backboneVersion: version,
          preprocessingDigest,
          activations: activationsOf(byLayer, i),
          timings: { decodeMs: 1, queueMs: 2, inferenceMs: 3, batchSize: 1 },
        }));
      });
    },
    forget(version, photo) {
      known.delete(`${version}/${photo.toString()}`);
    },
    stop: () => server.stop({ graceMs: 0 }),
  };
}

/** Row `i` of every layer as the embedding service sends it. */
export function activationsOf(byLayer: SyntheticActivations['byLayer'], i: number): Embedding['activations'] {
  return (Object.keys(byLayer) as Layer[]).map((layer) => {
    const { dimension, data } = byLayer[layer];
    return { layer, dimension, values: encodeFloat32(data.slice(i * dimension, (i + 1) * dimension)) };
  });
}
