import { InvalidArgumentError } from '@outsider/domain';
import ort from 'onnxruntime-node';
import type { SessionOptions } from './open-session.ts';

/** A float32 tensor, row-major. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Any ONNX graph of one input and outputs of float32, whoever wrote it. */
export interface GraphSession {
  /** Every output by its name. @throws {InvalidArgumentError} when ONNX Runtime cannot compute it for such an input */
  run(input: FloatTensor): Promise<ReadonlyMap<string, FloatTensor>>;
  close(): Promise<void>;
}

/**
 * Loads a graph that need not be a backbone, to look at what it computes.
 *
 * @throws {InvalidArgumentError} when ONNX Runtime cannot load it
 */
export async function openGraph(bytes: Uint8Array, { threads }: SessionOptions = {}): Promise<GraphSession> {
  // Errors are thrown; what else ONNX Runtime has to say of a stranger's graph is nobody's concern.
  const options = { intraOpNumThreads: threads ?? 0, logSeverityLevel: 4 } as const;
  const session = await ort.InferenceSession.create(bytes, options).catch((cause: Error) => {
    throw new InvalidArgumentError(`ONNX Runtime cannot load this model: ${cause.message}`, {}, { cause });
  });
  const [input] = session.inputNames;
  return {
    async run({ shape, data }) {
      const results = await session
        .run({ [input]: new ort.Tensor('float32', data, [...shape]) })
        .catch((cause: Error) => {
          throw new InvalidArgumentError(`ONNX Runtime cannot run this model: ${cause.message}`, {}, { cause });
        });
      return new Map(
        Object.entries(results).map(([name, { dims, data: values }]) => [
          name,
          { shape: dims, data: values as Float32Array },
        ]),
      );
    },
    close: () => session.release(),
  };
}
