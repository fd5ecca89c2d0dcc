import * as tf from '@tensorflow/tfjs';
import type { WeightTensor } from '../weights/weights.ts';

/** Moves variables along their gradients. Holds one or two tensors of state a variable. */
export interface Optimizer {
  /** `gradients` by the variables' names here; they are freed by the caller. */
  step(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: number): void;
  /** Everything that the next step depends on besides the variables, to go on from later. */
  readState(): Map<string, WeightTensor>;
  /** What {@link readState} gave for an optimizer of the same kind and variables. */
  writeState(state: ReadonlyMap<string, WeightTensor>): void;
  dispose(): void;
}

/** Names are the caller's own: TensorFlow.js gives each variable another one in each process. */
export type Variables = ReadonlyMap<string, tf.Variable>;

interface AdamWOptions {
  /** Variables of two or more dimensions shrink by this share, times the learning rate, each step. */
  readonly weightDecay: number;
}

/**
 * Adam with decoupled weight decay.
 *
 * @see Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export function adamW(variables: Variables, { weightDecay }: AdamWOptions): Optimizer {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];
  const first = zerosFor(variables);
  const second = zerosFor(variables);
  let steps = 0;
  return {
    step(gradients, learningRate) {
      steps++;
      // Both bias corrections as one factor of the step.
      const rate = (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
      for (const [name, variable] of variables) {
        const [m, v] = [first.get(name)!, second.get(name)!];
        tf.tidy(() => {
          const gradient = gradients[name];
          m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
          v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
          const move = tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), rate);
          variable.assign(tf.sub(decayed(variable, learningRate * weightDecay), move));
        });
      }
    },
    readState: () =>
      new Map([
        ...readAll('first', first),
        ...readAll('second', second),
        ['steps', { shape: [1], data: Float32Array.of(steps) }] as const,
      ]),
    writeState(state) {
      writeAll('first', first, state);
      writeAll('second', second, state);
      steps = state.get('steps')?.data[0] ?? 0;
    },
    dispose: () => tf.dispose([...first.values(), ...second.values()]),
  };
}

export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
}

/**
 * Stochastic gradient descent with Nesterov momentum, as Keras defines it: v ← μ v − η g, w ← w + μ v − η g.
 *
 * @see Sutskever et al. 2013, http://proceedings.mlr.press/v28/sutskever13.html
 */
export function sgd(variables: Variables, { momentum, weightDecay }: SgdOptions): Optimizer {
  const velocity = zerosFor(variables);
  return {
    step(gradients, learningRate) {
      for (const [name, variable] of variables) {
        const v = velocity.get(name)!;
        tf.tidy(() => {
          const move = tf.mul(gradients[name], -learningRate);
          v.assign(tf.add(tf.mul(v, momentum), move));
          const ahead = tf.add(tf.mul(v, momentum), move);
          variable.assign(tf.add(decayed(variable, learningRate * weightDecay), ahead));
        });
      }
    },
    readState: () => readAll('velocity', velocity),
    writeState: (state) => writeAll('velocity', velocity, state),
    dispose: () => tf.dispose([...velocity.values()]),
  };
}

function decayed(variable: tf.Variable, share: number): tf.Tensor {
  return share > 0 && variable.rank > 1 ? tf.mul(variable, 1 - share) : variable;
}

function zerosFor(variables: Variables): Variables {
  return new Map(
    [...variables].map(([name, variable]) => [name, tf.tidy(() => tf.variable(tf.zerosLike(variable), false))]),
  );
}

function readAll(kind: string, variables: Variables): Map<string, WeightTensor> {
  return new Map(
    [...variables].map(([name, variable]) => [
      `${kind}/${name}`,
      { shape: variable.shape, data: variable.dataSync<'float32'>().slice() },
    ]),
  );
}

function writeAll(kind: string, variables: Variables, state: ReadonlyMap<string, WeightTensor>): void {
  for (const [name, variable] of variables) {
    const saved = state.get(`${kind}/${name}`);
    if (saved) tf.tidy(() => variable.assign(tf.tensor(saved.data, variable.shape)));
  }
}
