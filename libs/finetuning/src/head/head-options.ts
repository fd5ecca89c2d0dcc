import { InvalidArgumentError } from '@outsider/domain';

/** Every setting of {@link trainHead}. */
export interface HeadOptions {
  /** Width of the relevant layer. */
  readonly units: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: 'adamw' | 'sgd';
  /** Of SGD, Nesterov's, in [0, 1). */
  readonly momentum: number;
  readonly schedule: 'cosine' | 'inverse-time';
  /** The highest of the schedule. */
  readonly learningRate: number;
  /** Of the cosine: share of all steps in which the learning rate rises from zero, in [0, 1). */
  readonly warmUp: number;
  /** Of `inverse-time`: the rate is divided by 1 + decay · steps done. */
  readonly decay: number;
  /** Decoupled, for kernels only: the share of its weight that each step of learning rate 1 would take away. */
  readonly weightDecay: number;
  /** Share of the inputs of both layers that a training step leaves out, in [0, 1). */
  readonly dropout: number;
  /** Share of the target that is spread over all classes, in [0, 1). */
  readonly labelSmoothing: number;
  /** `balanced` weighs every class alike, however many samples it has. */
  readonly classWeights: 'none' | 'balanced';
  /** Epochs without a lower validation loss after which training stops; 0 means never. */
  readonly patience: number;
  /** Fixes initial weights, order and dropout. */
  readonly seed: number;
}

export const defaultHeadOptions: HeadOptions = {
  units: 2048,
  epochs: 6,
  batchSize: 64,
  optimizer: 'adamw',
  momentum: 0.9,
  schedule: 'cosine',
  learningRate: 1e-4,
  warmUp: 0.1,
  decay: 0,
  weightDecay: 0.01,
  dropout: 0.5,
  labelSmoothing: 0.1,
  classWeights: 'balanced',
  patience: 0,
  seed: 1,
};

/**
 * Fills in the defaults.
 *
 * @throws {InvalidArgumentError} naming the setting that is out of its range
 */
export function parseHeadOptions(given: Partial<HeadOptions> = {}): HeadOptions {
  const options = { ...defaultHeadOptions, ...given };
  for (const name of Object.keys(given)) {
    if (!(name in defaultHeadOptions))
      throw new InvalidArgumentError(`there is no setting "${name}" for training a head`);
  }
  for (const [name, most] of [
    ['units', 65_536],
    ['epochs', 10_000],
    ['batchSize', 65_536],
  ] as const) {
    check(
      name,
      options[name],
      Number.isInteger(options[name]) && options[name] >= 1 && options[name] <= most,
      `a whole number from 1 to ${most}`,
    );
  }
  for (const name of ['dropout', 'labelSmoothing', 'warmUp', 'momentum'] as const) {
    check(name, options[name], options[name] >= 0 && options[name] < 1, 'a number from 0 to below 1');
  }
  check(
    'learningRate',
    options.learningRate,
    options.learningRate > 0 && Number.isFinite(options.learningRate),
    'a positive number',
  );
  check(
    'weightDecay',
    options.weightDecay,
    options.weightDecay >= 0 && Number.isFinite(options.weightDecay),
    'a number from 0 up',
  );
  check(
    'seed',
    options.seed,
    Number.isInteger(options.seed) && options.seed >= 0 && options.seed < 2 ** 32,
    'a whole number from 0 to 2³² − 1',
  );
  check(
    'patience',
    options.patience,
    Number.isInteger(options.patience) && options.patience >= 0,
    'a whole number from 0 up',
  );
  check('decay', options.decay, options.decay >= 0 && Number.isFinite(options.decay), 'a number from 0 up');
  check('schedule', options.schedule, ['cosine', 'inverse-time'].includes(options.schedule), 'cosine or inverse-time');
  check('optimizer', options.optimizer, ['adamw', 'sgd'].includes(options.optimizer), 'adamw or sgd');
  check('classWeights', options.classWeights, ['none', 'balanced'].includes(options.classWeights), 'none or balanced');
  return options;
}

function check(name: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid) throw new InvalidArgumentError(`${name}: expected ${expected}, got ${JSON.stringify(value)}`);
}
