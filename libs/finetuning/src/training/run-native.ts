import * as tf from '@tensorflow/tfjs';

interface NativeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_FLOAT', number>>;
  executeSingleOutput(operation: string, attributes: readonly object[], inputs: readonly tf.Tensor[]): tf.Tensor;
}

/**
 * Runs one of TensorFlow's own operations on float32 tensors, for what TensorFlow.js composes of several slower ones.
 *
 * @returns undefined where the backend is not TensorFlow
 */
export function runNative(operation: string, inputs: readonly tf.Tensor[]): tf.Tensor | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const backend = tf.backend() as unknown as NativeBackend;
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  return backend.executeSingleOutput(operation, [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }], inputs);
}
