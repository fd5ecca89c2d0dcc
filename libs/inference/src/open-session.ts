import {
  InvalidArgumentError,
  ShapeError,
  toBackboneMetadata,
  type BackboneMetadata,
  type Layer,
} from '@outsider/domain';
import { readFile } from 'node:fs/promises';
import ort from 'onnxruntime-node';
import { readOnnxMetadata } from './read-onnx-metadata.ts';

export interface SessionOptions {
  /** Cores that one run may use; all of them by default. */
  readonly threads?: number;
}

/** Activations of a batch by layer: [count, width of the layer], row-major. */
export type Activations = Readonly<Partial<Record<Layer, Float32Array>>>;

/** A loaded backbone. */
export interface InferenceSession {
  readonly metadata: BackboneMetadata;
  /** The layers it emits. */
  readonly layers: readonly Layer[];
  /** Numbers in one preprocessed image: height · width · 3. */
  readonly imageLength: number;
  /**
   * @param images preprocessed, [count, height, width, 3] row-major
   * @param wanted the layers to return; all of them by default
   * @throws {ShapeError} when `images` does not hold `count` of them
   * @throws {InvalidArgumentError} when the backbone does not emit a wanted layer
   */
  run(images: Float32Array, count: number, wanted?: readonly Layer[]): Promise<Activations>;
  close(): Promise<void>;
}

/**
 * Loads an exported backbone into ONNX Runtime and runs it once, so that the first caller does not pay for it.
 *
 * NOTE: `run` computes on the calling thread: its promise settles late, but the event loop stands still meanwhile (seen
 * in onnxruntime-node 1.30). A service uses {@link startInferenceProcess} instead.
 *
 * @param model the path or the bytes of an ONNX file
 * @throws {InvalidArgumentError} when ONNX Runtime cannot load it or it was not exported by this system
 */
export async function openSession(
  model: string | Uint8Array,
  { threads }: SessionOptions = {},
): Promise<InferenceSession> {
  const bytes = typeof model === 'string' ? await readFile(model) : model;
  const metadata = toBackboneMetadata(readOnnxMetadata(bytes));
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: threads ?? 0 }).catch(
    (cause: Error) => {
      throw new InvalidArgumentError(`ONNX Runtime cannot load this file: ${cause.message}`, {}, { cause });
    },
  );
  const layers = Object.keys(metadata.layers) as Layer[];
  const [height, width] = metadata.preprocessing.size;
  const imageLength = height * width * 3;

  async function run(images: Float32Array, count: number, wanted: readonly Layer[] = layers): Promise<Activations> {
    checkRequest(metadata, images, count, wanted);
    const results = await session.run({ images: new ort.Tensor('float32', images, [count, height, width, 3]) }, [
      ...wanted,
    ]);
    const activations = wanted.map((layer) => [layer, results[layer].data as Float32Array] as const);
    for (const layer of wanted) results[layer].dispose();
    return Object.fromEntries(activations);
  }
  await run(new Float32Array(imageLength), 1);
  return { metadata, layers, imageLength, run, close: () => session.release() };
}

/** @throws {ShapeError | InvalidArgumentError} when a run cannot be answered */
export function checkRequest(
  metadata: BackboneMetadata,
  images: Float32Array,
  count: number,
  wanted: readonly Layer[],
): void {
  const [height, width] = metadata.preprocessing.size;
  if (count < 1 || images.length !== count * height * width * 3) {
    throw new ShapeError('images', [Math.max(count, 1), height, width, 3], [images.length]);
  }
  for (const layer of wanted) {
    if (!metadata.layers[layer]) {
      throw new InvalidArgumentError(
        `this backbone emits no "${layer}"; it emits ${Object.keys(metadata.layers).join(', ')}`,
      );
    }
  }
}
