import * as tf from '@tensorflow/tfjs';

/** Moves variables along their gradients. Holds one or two tensors of state a variable. */
export interface Optimizer {
  /** `gradients` by variable name; they are freed by the caller. */
  step(gradients: Readonly<Record<string, tf.Tensor>>, learningRate: number): void;
  dispose(): void;
}

interface Options {
  /** Variables of two or more dimensions shrink by this share, times the learning rate, each step. */
  readonly weightDecay: number;
}

/**
 * Adam with decoupled weight decay.
 *
 * @see Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101
 */
export function adamW(variables: readonly tf.Variable[], { weightDecay }: Options): Optimizer {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];
  const first = variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
  const second = variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
  let steps = 0;
  return {
    step(gradients, learningRate) {
      steps++;
      // Both bias corrections as one factor of the step.
      const rate = (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
      variables.forEach((variable, i) =>
        tf.tidy(() => {
          const gradient = gradients[variable.name];
          first[i].assign(tf.add(tf.mul(first[i], beta1), tf.mul(gradient, 1 - beta1)));
          second[i].assign(tf.add(tf.mul(second[i], beta2), tf.mul(tf.square(gradient), 1 - beta2)));
          const move = tf.mul(tf.div(first[i], tf.add(tf.sqrt(second[i]), epsilon)), rate);
          variable.assign(tf.sub(decayed(variable, learningRate * weightDecay), move));
        }),
      );
    },
    dispose: () => tf.dispose([first, second]),
  };
}

/**
 * Stochastic gradient descent with Nesterov momentum, as Keras defines it: v ← μ v − η g, w ← w + μ v − η g.
 *
 * @see Sutskever et al. 2013, http://proceedings.mlr.press/v28/sutskever13.html
 */
export function sgd(variables: readonly tf.Variable[], { weightDecay }: Options): Optimizer {
  const momentum = 0.9;
  const velocity = variables.map((variable) => tf.variable(tf.zerosLike(variable), false));
  return {
    step(gradients, learningRate) {
      variables.forEach((variable, i) =>
        tf.tidy(() => {
          const move = tf.mul(gradients[variable.name], -learningRate);
          velocity[i].assign(tf.add(tf.mul(velocity[i], momentum), move));
          const ahead = tf.add(tf.mul(velocity[i], momentum), move);
          variable.assign(tf.add(decayed(variable, learningRate * weightDecay), ahead));
        }),
      );
    },
    dispose: () => tf.dispose(velocity),
  };
}

function decayed(variable: tf.Variable, share: number): tf.Tensor {
  return share > 0 && variable.rank > 1 ? tf.mul(variable, 1 - share) : variable;
}
