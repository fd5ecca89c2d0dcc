/** How the learning rate goes over the steps of a training. */
export interface Schedule {
  readonly schedule: 'cosine' | 'inverse-time';
  /** The highest that is reached. */
  readonly learningRate: number;
  /** Of `cosine`: share of all steps in which the rate rises from zero, in [0, 1). */
  readonly warmUp: number;
  /** Of `inverse-time`: the rate is divided by 1 + decay · steps done. */
  readonly decay: number;
}

/**
 * The rate of one step. `cosine` rises linearly, then falls along half a cosine to zero; `inverse-time` is the `decay` of
 * Keras' older optimizers.
 *
 * @param step counts from 1
 */
export function learningRateAt(step: number, totalSteps: number, options: Schedule): number {
  const { schedule, learningRate, warmUp, decay } = options;
  if (schedule === 'inverse-time') return learningRate / (1 + decay * (step - 1));
  const warmUpSteps = Math.floor(totalSteps * warmUp);
  if (step <= warmUpSteps) return (learningRate * step) / warmUpSteps;
  return (learningRate * (1 + Math.cos((Math.PI * (step - 1 - warmUpSteps)) / (totalSteps - warmUpSteps)))) / 2;
}
