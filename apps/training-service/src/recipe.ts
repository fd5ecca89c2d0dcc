import { InvalidArgumentError } from '@outsider/domain';
import type { Recipe as RecipeMessage } from '@outsider/contracts';
import { architectureNames, getArchitecture } from '@outsider/finetuning/architectures';

/**
 * How a backbone is trained, every default filled in: what is stored with a run, shown and cloned. The fields are
 * those of the message, whose comments say what each means.
 */
export interface Recipe {
  readonly name: RecipeName;
  readonly architecture: string;
  readonly units: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly dropout: number;
  readonly seed: number;
  /** Empty: the backbone stays as it is. */
  readonly firstTrainedLayer: string;
  readonly headEpochs: number;
  readonly optimizer: 'sgd' | 'adamw';
  readonly schedule: 'cosine' | 'inverse-time';
  readonly decay: number;
  readonly momentum: number;
  readonly warmUp: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly classWeights: 'balanced' | 'none';
  readonly output: 'softmax' | 'sigmoid';
  readonly augmentation: 'none' | 'flip' | 'tutorial';
  /** 0: all. */
  readonly samplesPerEpoch: number;
  /** 0: all. */
  readonly validationSamples: number;
  /** 0: never stop early. */
  readonly patience: number;
}

export type RecipeName = 'head' | 'fine-tune' | 'tutorial';

type Defaults = Omit<Recipe, 'name' | 'architecture' | 'units' | 'seed' | 'firstTrainedLayer'>;

const modern = {
  optimizer: 'adamw',
  schedule: 'cosine',
  decay: 0,
  momentum: 0.9,
  warmUp: 0.1,
  weightDecay: 0.01,
  labelSmoothing: 0.1,
  classWeights: 'balanced',
  output: 'softmax',
  augmentation: 'none',
  samplesPerEpoch: 0,
  validationSamples: 0,
  dropout: 0.5,
} as const;

/** What an empty message means, by recipe name. */
const defaults: Readonly<Record<RecipeName, Defaults>> = {
  head: { ...modern, epochs: 6, headEpochs: 0, batchSize: 64, learningRate: 1e-4, patience: 0 },
  'fine-tune': { ...modern, epochs: 6, headEpochs: 6, batchSize: 16, learningRate: 2e-5, patience: 2 },
  // Batch size is Keras' own, the rest is the tutorial's.
  tutorial: {
    epochs: 20,
    headEpochs: 0,
    batchSize: 16,
    learningRate: 1e-4,
    dropout: 0.5,
    optimizer: 'sgd',
    schedule: 'inverse-time',
    decay: 1e-6,
    momentum: 0.9,
    warmUp: 0,
    weightDecay: 0,
    labelSmoothing: 0,
    classWeights: 'none',
    output: 'sigmoid',
    augmentation: 'tutorial',
    samplesPerEpoch: 800,
    validationSamples: 200,
    patience: 0,
  },
};

export const recipeNames = Object.keys(defaults) as readonly RecipeName[];

/** @throws {InvalidArgumentError} naming the field, what it was and what it may be */
export function parseRecipe(message: Partial<RecipeMessage> = {}): Recipe {
  const name = oneOf('name', message.name || 'head', recipeNames);
  const architecture = oneOf('architecture', message.architecture || 'resnet50', architectureNames);
  const { relevantUnits } = getArchitecture(architecture);
  const own = defaults[name];
  return {
    name,
    architecture,
    units: integer('units', message.units || relevantUnits, 1, 16_384),
    epochs: integer('epochs', message.epochs || own.epochs, 1, 1000),
    batchSize: integer('batch_size', message.batchSize || own.batchSize, 1, 1024),
    learningRate: within('learning_rate', nonZero(message.learningRate, own.learningRate), 1e-8, 10),
    dropout: within('dropout', message.dropout ?? own.dropout, 0, 0.9),
    seed: integer('seed', message.seed ?? 0, 0, 2 ** 31 - 1),
    firstTrainedLayer: parseFirstTrainedLayer(name, architecture, message.firstTrainedLayer),
    headEpochs: integer('head_epochs', message.headEpochs ?? own.headEpochs, 0, name === 'head' ? 0 : 1000),
    optimizer: oneOf('optimizer', message.optimizer || own.optimizer, ['sgd', 'adamw'] as const),
    schedule: oneOf('schedule', message.schedule || own.schedule, ['cosine', 'inverse-time'] as const),
    decay: within('decay', message.decay ?? own.decay, 0, 1),
    momentum: within('momentum', message.momentum ?? own.momentum, 0, 0.999),
    warmUp: within('warm_up', message.warmUp ?? own.warmUp, 0, 0.9),
    weightDecay: within('weight_decay', message.weightDecay ?? own.weightDecay, 0, 1),
    labelSmoothing: within('label_smoothing', message.labelSmoothing ?? own.labelSmoothing, 0, 0.9),
    classWeights: oneOf('class_weights', message.classWeights || own.classWeights, ['balanced', 'none'] as const),
    output: oneOf('output', message.output || own.output, ['softmax', 'sigmoid'] as const),
    augmentation: parseAugmentation(name, message.augmentation || own.augmentation),
    samplesPerEpoch: integer('samples_per_epoch', message.samplesPerEpoch ?? own.samplesPerEpoch, 0, 10_000_000),
    validationSamples: integer('validation_samples', message.validationSamples ?? own.validationSamples, 0, 10_000_000),
    patience: integer('patience', message.patience ?? own.patience, 0, 1000),
  };
}

/** A stored recipe as the message that `parseRecipe` reads back to the same recipe. */
export function toRecipeMessage(recipe: Recipe): RecipeMessage {
  return { ...recipe };
}

function parseFirstTrainedLayer(name: RecipeName, architecture: string, given: string | undefined): string {
  if (name === 'head') {
    if (given)
      throw new InvalidArgumentError(`recipe.first_trained_layer: the recipe "head" trains none, got "${given}"`);
    return '';
  }
  const { firstTrainedLayer, graph } = getArchitecture(architecture);
  if (!given) return name === 'tutorial' ? firstTrainedLayer.tutorial : firstTrainedLayer.fineTune;
  if (!graph.layers.some((layer) => layer.name === given)) {
    throw new InvalidArgumentError(
      `recipe.first_trained_layer: expected the name of a layer of ${architecture}, such as ${firstTrainedLayer.fineTune}, got "${given}"`,
    );
  }
  return given;
}

function parseAugmentation(name: RecipeName, value: string): Recipe['augmentation'] {
  const augmentation = oneOf('augmentation', value, ['none', 'flip', 'tutorial'] as const);
  if (name === 'head' && augmentation !== 'none') {
    throw new InvalidArgumentError(
      `recipe.augmentation: the recipe "head" computes features once, so it is "none", got "${value}"`,
    );
  }
  return augmentation;
}

/** In proto3 an unset number is 0; NaN is a value, and a wrong one. */
function nonZero(value: number | undefined, fallback: number): number {
  return value === undefined || value === 0 ? fallback : value;
}

function oneOf<T extends string>(field: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined)
    throw new InvalidArgumentError(`recipe.${field}: expected one of ${known.join(', ')}, got "${value}"`);
  return found;
}

function within(field: string, value: number, low: number, high: number): number {
  if (!(value >= low && value <= high))
    throw new InvalidArgumentError(`recipe.${field}: expected ${low} to ${high}, got ${value}`);
  return value;
}

function integer(field: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value))
    throw new InvalidArgumentError(`recipe.${field}: expected a whole number, got ${value}`);
  return within(field, value, low, high);
}
