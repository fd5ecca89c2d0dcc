import { Recipe as RecipeMessage } from '@outsider/contracts';
import {
  InvalidArgumentError,
  recipeChoices,
  recipeDefaults,
  recipeNames,
  recipeRanges,
  type Recipe,
  type RecipeName,
} from '@outsider/domain';
import { architectureNames, getArchitecture, splitGraph } from '@outsider/finetuning/architectures';

export { type Recipe, type RecipeName } from '@outsider/domain';

/** @throws {InvalidArgumentError} naming the field, what it was and what it may be */
export function parseRecipe(message: Partial<RecipeMessage> = {}): Recipe {
  const name = oneOf('name', message.name || 'head', recipeNames);
  const architecture = oneOf('architecture', message.architecture || 'resnet50', architectureNames);
  const { relevantUnits } = getArchitecture(architecture);
  const own = recipeDefaults[name];
  return {
    name,
    architecture,
    units: number('units', message.units || relevantUnits),
    epochs: number('epochs', message.epochs || own.epochs),
    batchSize: number('batchSize', message.batchSize || own.batchSize),
    // In proto3 an unset number is 0; NaN is a value, and a wrong one.
    learningRate: number(
      'learningRate',
      message.learningRate === 0 ? own.learningRate : (message.learningRate ?? own.learningRate),
    ),
    dropout: number('dropout', message.dropout ?? own.dropout),
    seed: number('seed', message.seed ?? 0),
    firstTrainedLayer: parseFirstTrainedLayer(name, architecture, message.firstTrainedLayer),
    headEpochs: parseHeadEpochs(name, message.headEpochs ?? own.headEpochs),
    optimizer: choice('optimizer', message.optimizer || own.optimizer),
    schedule: choice('schedule', message.schedule || own.schedule),
    decay: number('decay', message.decay ?? own.decay),
    momentum: number('momentum', message.momentum ?? own.momentum),
    warmUp: number('warmUp', message.warmUp ?? own.warmUp),
    weightDecay: number('weightDecay', message.weightDecay ?? own.weightDecay),
    labelSmoothing: number('labelSmoothing', message.labelSmoothing ?? own.labelSmoothing),
    classWeights: choice('classWeights', message.classWeights || own.classWeights),
    output: choice('output', message.output || own.output),
    augmentation: parseAugmentation(name, message.augmentation || own.augmentation),
    samplesPerEpoch: number('samplesPerEpoch', message.samplesPerEpoch ?? own.samplesPerEpoch),
    validationSamples: number('validationSamples', message.validationSamples ?? own.validationSamples),
    patience: number('patience', message.patience ?? own.patience),
  };
}

/**
 * A stored recipe as the message that `parseRecipe` reads back to the same recipe. Settings that did not exist when it
 * was stored stay empty.
 */
export function toRecipeMessage(recipe: Recipe): RecipeMessage {
  return RecipeMessage.create(recipe);
}

function parseFirstTrainedLayer(name: RecipeName, architecture: string, given: string | undefined): string {
  if (name === 'head') {
    if (given)
      throw new InvalidArgumentError(`recipe.first_trained_layer: the recipe "head" trains none, got "${given}"`);
    return '';
  }
  const { firstTrainedLayer, graph } = getArchitecture(architecture);
  if (!given) return name === 'tutorial' ? firstTrainedLayer.tutorial : firstTrainedLayer.fineTune;
  try {
    splitGraph(graph, given);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(
      `recipe.first_trained_layer: expected the first layer of a block of ${architecture}, such as ${firstTrainedLayer.fineTune}; ${error.message}`,
    );
  }
  return given;
}

function parseAugmentation(name: RecipeName, value: string): Recipe['augmentation'] {
  const augmentation = choice('augmentation', value);
  if (name === 'head' && augmentation !== 'none') {
    throw new InvalidArgumentError(
      `recipe.augmentation: the recipe "head" computes features once, so it is "none", got "${value}"`,
    );
  }
  return augmentation;
}

function parseHeadEpochs(name: RecipeName, value: number): number {
  if (name === 'head' && value !== 0) {
    throw new InvalidArgumentError(
      `recipe.head_epochs: the recipe "head" trains the new layers alone in all its epochs, got ${value} more`,
    );
  }
  return number('headEpochs', value);
}

type NumberSetting = keyof typeof recipeRanges;
type ChoiceSetting = keyof typeof recipeChoices;

function number(setting: NumberSetting, value: number): number {
  const { low, high, whole } = recipeRanges[setting];
  if (whole && !Number.isInteger(value))
    throw new InvalidArgumentError(`${pathOf(setting)}: expected a whole number, got ${value}`);
  if (!(value >= low && value <= high))
    throw new InvalidArgumentError(`${pathOf(setting)}: expected ${low} to ${high}, got ${value}`);
  return value;
}

function choice<K extends ChoiceSetting>(setting: K, value: string): (typeof recipeChoices)[K][number] {
  const known: readonly string[] = recipeChoices[setting];
  return oneOf(setting, value, known) as (typeof recipeChoices)[K][number];
}

function oneOf<T extends string>(setting: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined)
    throw new InvalidArgumentError(`${pathOf(setting)}: expected one of ${known.join(', ')}, got "${value}"`);
  return found;
}

/** `batchSize` → `recipe.batch_size`, as the message spells it. */
function pathOf(setting: string): string {
  return `recipe.${setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
