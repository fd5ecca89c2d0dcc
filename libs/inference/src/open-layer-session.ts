import { InvalidArgumentError, ShapeError } from '@outsider/domain';
import ort from 'onnxruntime-node';
import type { SessionOptions } from './open-session.ts';

/** Some layers of a network, from images or another layer's activations to one layer's activations. */
export interface LayerSession {
  /**
   * @param images [count, …inputShape] row-major
   * @returns [count, …shape of the output] row-major
   * @throws {ShapeError} when `images` does not hold `count` of them
   */
  run(images: Float32Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Loads a part of a network into ONNX Runtime: input `images`, one output. Computes on the calling thread.
 *
 * @param model the bytes of an ONNX file
 * @throws {InvalidArgumentError} when ONNX Runtime cannot load it or it has not one output
 */
export async function openLayerSession(
  model: Uint8Array,
  inputShape: readonly number[],
  { threads }: SessionOptions = {},
): Promise<LayerSession> {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: threads ?? 0,
    // Its threads do not wait busily for the next run: between runs the cores belong to whoever trains.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((cause: Error) => {
    throw new InvalidArgumentError(`ONNX Runtime cannot load this part of a network: ${cause.message}`, {}, { cause });
  });
  const [output, ...others] = session.outputNames;
  if (others.length > 0)
    throw new InvalidArgumentError(`a part of a network has one output, not ${session.outputNames.join(', ')}`);
  const imageLength = inputShape.reduce((product, side) => product * side, 1);
  return {
    async run(images, count) {
      if (count < 1 || images.length !== count * imageLength)
        throw new ShapeError('images', [Math.max(count, 1), ...inputShape], [images.length]);
      const results = await session.run({ images: new ort.Tensor('float32', images, [count, ...inputShape]) });
      const data = results[output].data as Float32Array;
      results[output].dispose();
      return data;
    },
    close: () => session.release(),
  };
}
