import * as tf from '@tensorflow/tfjs';
import type { WeightTensor } from '../weights/weights.ts';
import type { Optimizer, SgdOptions, Variables } from './optimizer.ts';
import { applyNesterov, createNativeResource, type NativeResource } from './run-native.ts';

/**
 * The same as `sgd`, by TensorFlow's own operation, which passes over the weights once where TensorFlow.js' operations
 * pass six times. Without weight decay.
 */
export function nativeSgd(variables: Variables, { momentum }: Pick<SgdOptions, 'momentum'>): Optimizer {
  const weights = new Map<string, NativeResource>();
  const velocities = new Map<string, NativeResource>();
  for (const [name, variable] of variables) {
    tf.tidy(() => {
      weights.set(name, createNativeResource(variable));
      velocities.set(name, createNativeResource(tf.zerosLike(variable)));
    });
  }
  return {
    step(gradients, learningRate) {
      tf.tidy(() => {
        const [rate, kept] = [tf.scalar(learningRate), tf.scalar(momentum)];
        for (const [name, variable] of variables) {
          const weight = weights.get(name)!;
          applyNesterov(weight, velocities.get(name)!, gradients[name], rate, kept);
          variable.assign(weight.read());
        }
      });
    },
    readState: () =>
      new Map(
        [...velocities].map(([name, velocity]): [string, WeightTensor] => {
          const value = velocity.read();
          const tensor = { shape: value.shape, data: value.dataSync<'float32'>().slice() };
          value.dispose();
          return [`velocity/${name}`, tensor];
        }),
      ),
    writeState(state) {
      for (const [name, velocity] of velocities) {
        const saved = state.get(`velocity/${name}`);
        if (saved) tf.tidy(() => velocity.write(tf.tensor(saved.data, [...saved.shape])));
      }
    },
    dispose() {
      for (const resource of [...weights.values(), ...velocities.values()]) resource.dispose();
    },
  };
}
