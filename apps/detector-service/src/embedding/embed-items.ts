import {
  fromItemError,
  type EmbeddingServiceClient,
  type EmbedStreamRequest,
  type TypedClient,
} from '@outsider/contracts';
import type { Digest, Layer } from '@outsider/domain';
import { DomainError, InvalidArgumentError, UnavailableError } from '@outsider/domain';
import { ownTokenRefused } from './own-token-refused.ts';
import { readEmbedding, type ExpectedSource } from './read-embedding.ts';
import { slots } from './slots.ts';

export type EmbeddingClient = TypedClient<typeof EmbeddingServiceClient.service>;

/** The part of a snapshot's item that embedding reads. */
export interface Photo {
  readonly position: number;
  readonly contentDigest: Digest;
  readonly path: string;
}

export interface EmbedItemsSettings {
  readonly client: Pick<EmbeddingClient, 'embedStream'>;
  readonly source: ExpectedSource;
  readonly layers: readonly Layer[];
  readonly readPhoto: (contentDigest: Digest) => Promise<Uint8Array>;
  readonly signal: AbortSignal;
  /** Photos sent and not yet answered, at most: keeps the service's batches full and bounds memory. Default 32. */
  readonly window?: number;
  /** How often in a row the stream may break, or a photo be turned away, without an answer in between. Default 8. */
  readonly maxSetbacks?: number;
  /** Before trying again; doubled each time, at most 5 s. Default 200. */
  readonly retryDelayMs?: number;
}

/**
 * The activations of every photo, in the order the embedding service is ready with them.
 *
 * A broken stream, and photos that a busy service turns away, are tried again; a photo that cannot be embedded ends it
 * all, because an activation set has a row for every photo.
 *
 * @throws {InvalidArgumentError} naming the photo that cannot be embedded
 * @throws {BackboneMismatchError} when the service answers with another backbone version
 * @throws {UnavailableError} when the service stays away
 */
export async function* embedItems(
  photos: readonly Photo[],
  settings: EmbedItemsSettings,
): AsyncGenerator<{ readonly photo: Photo; readonly activations: Partial<Record<Layer, Float32Array>> }> {
  const { client, source, layers, signal, window = 32, maxSetbacks = 8, retryDelayMs = 200 } = settings;
  const waiting = new Map(photos.map((photo) => [String(photo.position), photo]));
  let setbacks = 0;

  while (waiting.size > 0) {
    const free = slots(window);
    let setback: DomainError | undefined;
    try {
      for await (const { id, result } of client.embedStream(requests([...waiting.values()], settings, free.take), {
        signal,
      })) {
        free.release();
        const photo = waiting.get(id);
        if (!photo || !result) continue;
        if (result.$case === 'error') {
          const error = fromItemError(result.value);
          if (!isPassing(error)) throw unusable(photo, error);
          setback = error;
          continue;
        }
        const activations = readEmbedding(result.value, source, `the embedding of "${photo.path}"`);
        for (const layer of layers) {
          if (!activations[layer])
            throw new UnavailableError(`the embedding of "${photo.path}" lacks the layer ${layer}`);
        }
        waiting.delete(id);
        setbacks = 0;
        yield { photo, activations };
      }
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw ownTokenRefused(error);
      setback = error;
    } finally {
      free.close();
    }
    if (waiting.size === 0) return;
    setback ??= new UnavailableError('the embedding service ended the stream early');
    if (++setbacks > maxSetbacks) throw setback;
    await pause(Math.min(5_000, retryDelayMs * 2 ** (setbacks - 1)), signal);
  }
}

async function* requests(
  photos: readonly Photo[],
  { source, layers, readPhoto }: EmbedItemsSettings,
  take: () => Promise<boolean>,
): AsyncGenerator<EmbedStreamRequest> {
  for (const { position, contentDigest } of photos) {
    if (!(await take())) return;
    const image = Buffer.from(await readPhoto(contentDigest));
    const request = { image, backboneVersion: source.backboneVersion, layers: [...layers] };
    yield { id: String(position), request };
  }
}

/** True for what may go away by itself: a busy, restarting or unreachable service. */
function isPassing(error: unknown): error is DomainError {
  return error instanceof UnavailableError || (error instanceof DomainError && error.code === 'resource-exhausted');
}

function unusable({ path, contentDigest }: Photo, error: DomainError): DomainError {
  const what = `photo "${path}" (${contentDigest.slice(0, 12)}) cannot be embedded: ${error.message}`;
  return error.code === 'invalid-argument' ? new InvalidArgumentError(what) : Object.assign(error, { message: what });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
