import { recipeUses, type Recipe, type RecipeName } from '@outsider/domain';
import type { RecipeView } from '../data/read-recipe.ts';
import { countOf, formatCount, formatPercent, formatSetting } from './format.ts';

/** A recipe for people: what it does, and how long it takes beside the others. */
export const recipeWords: Readonly<
  Record<RecipeName, { readonly name: string; readonly does: string; readonly takes: string }>
> = {
  head: {
    name: 'Head',
    does: 'Trains new layers on the backbone as it is, on features that are computed once.',
    takes: 'Seconds, once the photos have been read.',
  },
  'fine-tune': {
    name: 'Fine-tune',
    does: 'Trains the new layers, then the backbone’s top blocks with them, and keeps the best epoch.',
    takes: 'Minutes; longer with every photo, and on a machine without native TensorFlow.',
  },
  tutorial: {
    name: 'Tutorial',
    does: 'Trains new layers and top blocks at once with SGD, on photos that are bent at random.',
    takes: 'The longest: 20 epochs of 800 photos, unless told otherwise.',
  },
};

/** What a run's training section is about. */
export const trainedWords: Readonly<Record<RecipeName, string>> = {
  head: 'A new relevant layer and output layer on the frozen backbone.',
  'fine-tune': 'A new relevant layer and output layer, then the backbone’s top blocks with them.',
  tutorial: 'A new relevant layer and output layer and the backbone’s top blocks, all at once.',
};

export const settingNames: Readonly<Record<keyof Recipe, string>> = {
  name: 'Recipe',
  architecture: 'Architecture',
  units: 'Relevant layer',
  firstTrainedLayer: 'First trained layer',
  headEpochs: 'Head epochs',
  epochs: 'Epochs',
  patience: 'Patience',
  samplesPerEpoch: 'Photos an epoch',
  validationSamples: 'Validation photos',
  batchSize: 'Batch size',
  learningRate: 'Learning rate',
  optimizer: 'Optimizer',
  momentum: 'Momentum',
  weightDecay: 'Weight decay',
  schedule: 'Schedule',
  warmUp: 'Warm-up',
  decay: 'Decay',
  dropout: 'Dropout',
  labelSmoothing: 'Label smoothing',
  classWeights: 'Class weights',
  output: 'Output',
  augmentation: 'Augmentation',
  seed: 'Seed',
};

/** The settings that are words, as one chooses them. */
export const choiceWords = {
  optimizer: { adamw: 'AdamW', sgd: 'SGD, Nesterov' },
  schedule: { cosine: 'cosine', 'inverse-time': 'inverse time' },
  classWeights: { balanced: 'every class alike', none: 'every photo alike' },
  output: { softmax: 'softmax', sigmoid: 'sigmoid' },
  augmentation: { none: 'none', flip: 'mirrors', tutorial: 'bends and mirrors' },
} as const;

const architectureNames: Readonly<Record<string, string>> = {
  resnet50: 'ResNet50',
  vgg16: 'VGG16',
  inception_v3: 'InceptionV3',
  mobilenet_v2: 'MobileNetV2',
  tiny: 'Tiny, for trials',
};

/** Keras' name of an architecture; an unknown one as it is. */
export function architectureName(architecture: string): string {
  return architectureNames[architecture] ?? architecture;
}

/** The settings of a recipe that change something and are known, in words and units, in the order of the training. */
export function describeRecipe(recipe: RecipeView): (readonly [name: string, value: string])[] {
  const { optimizer = 'adamw', schedule = 'cosine' } = recipe;
  return (Object.keys(settingNames) as (keyof Recipe)[]).flatMap((setting) =>
    recipe[setting] === undefined || !recipeUses({ name: recipe.name, optimizer, schedule }, setting)
      ? []
      : [[settingNames[setting], describeSetting(recipe, setting)] as const],
  );
}

function describeSetting(recipe: RecipeView, setting: keyof Recipe): string {
  const value = recipe[setting];
  switch (setting) {
    case 'name':
      return recipeWords[recipe.name].name;
    case 'architecture':
      return architectureName(recipe.architecture) || '–';
    case 'units':
      return countOf(recipe.units, 'unit');
    case 'headEpochs':
      return value === 0 ? 'none' : `${value} before the top blocks`;
    case 'patience':
      return value === 0 ? 'never stops early' : countOf(Number(value), 'epoch');
    case 'samplesPerEpoch':
    case 'validationSamples':
      return value === 0 ? 'all' : formatCount(Number(value));
    case 'batchSize':
      return countOf(recipe.batchSize, 'photo');
    case 'warmUp':
      return value === 0 ? 'none' : `${formatPercent(Number(value))} of the steps`;
    case 'decay':
      return value === 0 ? 'none' : `${formatSetting(value)} a step`;
    case 'dropout':
      return value === 0 ? 'none' : `${formatPercent(recipe.dropout)} of the inputs`;
    case 'weightDecay':
    case 'labelSmoothing':
      return value === 0 ? 'none' : formatSetting(value);
    case 'augmentation':
      if (value === 'tutorial') return 'rotates, shears, zooms, mirrors';
      break;
    case 'output':
      if (value === 'sigmoid') return 'sigmoid, one unit';
      break;
    default:
  }
  const choices: Readonly<Partial<Record<keyof Recipe, Readonly<Record<string, string>>>>> = choiceWords;
  return choices[setting]?.[String(value)] ?? formatSetting(value);
}
