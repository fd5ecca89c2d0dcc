import type { Layer } from '@outsider/domain';
import { createBatcher, type Batcher, type BatcherOptions } from './batcher.ts';
import { checkRequest, type Activations, type InferenceSession } from './open-session.ts';

/**
 * A batcher of single images over a session: each item is one preprocessed image [height, width, 3], each result its
 * activations, one vector a layer.
 *
 * @throws {ShapeError} from `submit` when the image has another size, so that it cannot spoil its batch
 */
export function batchImages(
  session: InferenceSession,
  options: Omit<BatcherOptions<Float32Array, Activations>, 'run'>,
): Batcher<Float32Array, Activations> {
  const batcher = createBatcher<Float32Array, Activations>({
    ...options,
    async run(images) {
      const joined = new Float32Array(images.length * session.imageLength);
      images.forEach((image, i) => joined.set(image, i * session.imageLength));
      const activations = await session.run(joined, images.length);
      return images.map((_, i) => rowOf(activations, i, images.length));
    },
  });
  return {
    get queued() {
      return batcher.queued;
    },
    async submit(image, signal) {
      checkRequest(session.metadata, image, 1, []);
      return batcher.submit(image, signal);
    },
    close: () => batcher.close(),
  };
}

/** Copies, so that keeping one image's vectors does not keep the whole batch. */
function rowOf(activations: Activations, i: number, count: number): Activations {
  const rows = Object.entries(activations).map(([layer, values]) => {
    const width = values.length / count;
    return [layer, values.slice(i * width, (i + 1) * width)] as [Layer, Float32Array];
  });
  return Object.fromEntries(rows);
}
