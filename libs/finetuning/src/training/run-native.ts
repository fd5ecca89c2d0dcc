import * as tf from '@tensorflow/tfjs';

interface NativeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_SHAPE' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
  >;
  executeSingleOutput(operation: string, attributes: readonly object[], inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    operation: string,
    attributes: readonly object[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

/** Whether TensorFlow itself computes, so that operations of its own can be run. */
export function isNative(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/**
 * Runs one of TensorFlow's own operations on float32 tensors, for what TensorFlow.js composes of several slower ones.
 *
 * @returns undefined where the backend is not TensorFlow
 */
export function runNative(operation: string, inputs: readonly tf.Tensor[]): tf.Tensor | undefined {
  if (!isNative()) return undefined;
  const backend = nativeBackend();
  return backend.executeSingleOutput(operation, [type(backend, 'T')], inputs);
}

/** A tensor in TensorFlow's own memory that operations change in place. Where the backend is TensorFlow. */
export interface NativeResource {
  /** To be disposed by the caller. */
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
  /** What an operation takes as its input. */
  readonly handle: tf.Tensor;
  dispose(): void;
}

let serial = 0;

/** @param value is copied when it is changed, not before */
export function createNativeResource(value: tf.Tensor): NativeResource {
  const backend = nativeBackend();
  const { TF_ATTR_SHAPE, TF_ATTR_STRING } = backend.binding;
  const name = `outsider-${process.pid}-${serial++}`;
  const handle = tf.keep(
    backend.executeSingleOutput(
      'VarHandleOp',
      [
        type(backend, 'dtype'),
        { name: 'shape', type: TF_ATTR_SHAPE, value: value.shape },
        { name: 'shared_name', type: TF_ATTR_STRING, value: name },
        { name: 'container', type: TF_ATTR_STRING, value: '' },
      ],
      [],
    ),
  );
  const resource: NativeResource = {
    handle,
    read: () => backend.executeSingleOutput('ReadVariableOp', [type(backend, 'dtype')], [handle]),
    write: (next) =>
      void backend.executeMultipleOutputs('AssignVariableOp', [type(backend, 'dtype')], [handle, next], 0),
    dispose() {
      backend.executeMultipleOutputs('DestroyResourceOp', [], [handle], 0);
      handle.dispose();
    },
  };
  resource.write(value);
  return resource;
}

/** v ← μ v − η g, w ← w + μ v − η g in one pass over each. */
export function applyNesterov(
  weight: NativeResource,
  velocity: NativeResource,
  gradient: tf.Tensor,
  learningRate: tf.Scalar,
  momentum: tf.Scalar,
): void {
  const backend = nativeBackend();
  const { TF_ATTR_BOOL } = backend.binding;
  backend.executeMultipleOutputs(
    'ResourceApplyKerasMomentum',
    [
      type(backend, 'T'),
      { name: 'use_locking', type: TF_ATTR_BOOL, value: false },
      { name: 'use_nesterov', type: TF_ATTR_BOOL, value: true },
    ],
    [weight.handle, velocity.handle, learningRate, gradient, momentum],
    0,
  );
}

function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

function type({ binding }: NativeBackend, name: string): object {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}
