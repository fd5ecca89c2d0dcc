import { ShapeError } from '@outsider/domain';

export interface AdamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam's running moments for a fixed set of parameter arrays. `step` moves the parameters in place.
 *
 * Keras' defaults, and its place for ε: beside the root of the uncorrected second moment.
 *
 * @param sizes lengths of the parameter arrays
 * @see Kingma and Ba 2015, https://arxiv.org/abs/1412.6980
 */
export function createAdam(
  sizes: readonly number[],
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {},
): { step(parameters: readonly Float64Array[], gradients: readonly Float64Array[]): void } {
  const firstMoments = sizes.map((size) => new Float64Array(size));
  const secondMoments = sizes.map((size) => new Float64Array(size));
  let steps = 0;
  return {
    /** @throws {ShapeError} when the arrays are not those that the moments were made for */
    step(parameters, gradients) {
      steps++;
      const rate = (learningRate * Math.sqrt(1 - beta2 ** steps)) / (1 - beta1 ** steps);
      sizes.forEach((size, p) => {
        const [x, g, m, v] = [parameters[p], gradients[p], firstMoments[p], secondMoments[p]];
        if (x?.length !== size || g?.length !== size)
          throw new ShapeError(`parameters ${p}`, [size], [x?.length, g?.length]);
        for (let i = 0; i < size; i++) {
          m[i] += (1 - beta1) * (g[i] - m[i]);
          v[i] += (1 - beta2) * (g[i] * g[i] - v[i]);
          x[i] -= (rate * m[i]) / (Math.sqrt(v[i]) + epsilon);
        }
      });
    },
  };
}
