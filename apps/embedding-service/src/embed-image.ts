import { encodeFloat32, type Embedding, type EmbedRequest } from '@outsider/contracts';
import {
  InvalidArgumentError,
  isDigest,
  isLayer,
  layers,
  NotFoundError,
  type Digest,
  type Layer,
} from '@outsider/domain';
import { preprocess } from '@outsider/images';
import type { Slots } from './admission/slots.ts';
import type { EmbeddingMetrics } from './embedding-metrics.ts';
import type { Production } from './versions/follow-production.ts';
import type { VersionPool } from './versions/version-pool.ts';

export interface EmbedContext {
  readonly pool: VersionPool;
  readonly production: Production;
  /** One for each image that is decoded. */
  readonly decoders: Slots;
  readonly metrics: EmbeddingMetrics;
}

/**
 * One image's activations, dated with version, layers and preprocessing, and where the time went.
 *
 * @param signal drops the work wherever it waits
 * @throws {InvalidArgumentError} for a bad image or an unknown layer
 * @throws {NotFoundError} for an unknown version
 * @throws {FailedPreconditionError} when no version is named and nothing is in production
 */
export async function embedImage(
  request: EmbedRequest,
  signal: AbortSignal,
  context: EmbedContext,
): Promise<Embedding> {
  const wanted = parseLayers(request.layers);
  const digest =
    request.backboneVersion === '' ? await context.production.current() : parseVersion(request.backboneVersion);
  const { version, release } = await context.pool.acquire(digest);
  try {
    const arrivedAt = performance.now();
    const done = await context.decoders.take(signal);
    const decodeStartedAt = performance.now();
    const tensor = await preprocess(request.image, version.preprocessing).finally(done);
    const decodedAt = performance.now();
    const { result, queueMs, inferenceMs, batchSize } = await version.batcher.submit(tensor, signal);

    const timings = {
      decodeMs: decodedAt - decodeStartedAt,
      queueMs: decodeStartedAt - arrivedAt + queueMs,
      inferenceMs,
      batchSize,
    };
    context.metrics.observe(timings);
    return {
      backboneVersion: version.digest,
      preprocessingDigest: version.preprocessingDigest,
      activations: wanted.map((layer) => {
        const values = result[layer];
        if (!values)
          throw new InvalidArgumentError(`backbone version ${digest} emits no layer "${layer}"`, { field: 'layers' });
        return { layer, values: encodeFloat32(values), dimension: values.length };
      }),
      timings,
    };
  } finally {
    release();
  }
}

/** @throws {InvalidArgumentError} naming the three layers there are */
export function parseLayers(names: readonly string[]): readonly Layer[] {
  if (names.length === 0) return layers;
  return [...new Set(names)].map((name) => {
    if (isLayer(name)) return name;
    throw new InvalidArgumentError(
      `layers: expected ${layers.map((layer) => `"${layer}"`).join(', ')}, got "${name.slice(0, 80)}"`,
      {
        field: 'layers',
      },
    );
  });
}

function parseVersion(name: string): Digest {
  // As a boolean: the guard would make the other branch `never`.
  const isName: boolean = isDigest(name);
  if (isName) return name;
  throw new NotFoundError('backbone version', name.slice(0, 80));
}
