/** How a backbone is trained, every default filled in: what is stored with a run, shown and cloned. */
export interface Recipe {
  readonly name: RecipeName;
  readonly architecture: string;
  /** Of the relevant layer. */
  readonly units: number;
  /** Of the top blocks, or of the new layers in `head`. */
  readonly epochs: number;
  readonly batchSize: number;
  /** The highest of the schedule. */
  readonly learningRate: number;
  readonly dropout: number;
  readonly seed: number;
  /** Keras' name; empty: the backbone stays as it is. */
  readonly firstTrainedLayer: string;
  /** Of the new layers alone, before the top blocks join. */
  readonly headEpochs: number;
  readonly optimizer: 'sgd' | 'adamw';
  readonly schedule: 'cosine' | 'inverse-time';
  /** Of `inverse-time`: rate / (1 + decay · step). */
  readonly decay: number;
  /** Of `sgd`. */
  readonly momentum: number;
  /** Share of all steps in which the rate of `cosine` rises. */
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
  /** Epochs without a lower validation loss after which training stops; 0: never. */
  readonly patience: number;
}

export type RecipeName = 'head' | 'fine-tune' | 'tutorial';

/** What a recipe means by its name alone; the rest follows from the architecture. */
export type RecipeDefaults = Omit<Recipe, 'name' | 'architecture' | 'units' | 'seed' | 'firstTrainedLayer'>;

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

export const recipeDefaults: Readonly<Record<RecipeName, RecipeDefaults>> = {
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

export const recipeNames = Object.keys(recipeDefaults) as readonly RecipeName[];

/** The settings that are one of a few words, with the words. */
export const recipeChoices = {
  optimizer: ['sgd', 'adamw'],
  schedule: ['cosine', 'inverse-time'],
  classWeights: ['balanced', 'none'],
  output: ['softmax', 'sigmoid'],
  augmentation: ['none', 'flip', 'tutorial'],
} as const satisfies { readonly [K in keyof Recipe]?: readonly Recipe[K][] };

/** What a number may be, both ends included. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

const whole = (low: number, high: number): NumberRange => ({ low, high, whole: true });
const real = (low: number, high: number): NumberRange => ({ low, high, whole: false });

/** The settings that are numbers, with what each may be. */
export const recipeRanges = {
  units: whole(1, 16_384),
  epochs: whole(1, 1000),
  batchSize: whole(1, 1024),
  learningRate: real(1e-8, 10),
  dropout: real(0, 0.9),
  seed: whole(0, 2 ** 31 - 1),
  headEpochs: whole(0, 1000),
  decay: real(0, 1),
  momentum: real(0, 0.999),
  warmUp: real(0, 0.9),
  weightDecay: real(0, 1),
  labelSmoothing: real(0, 0.9),
  samplesPerEpoch: whole(0, 10_000_000),
  validationSamples: whole(0, 10_000_000),
  patience: whole(0, 1000),
} as const satisfies { readonly [K in keyof Recipe]?: NumberRange };

/**
 * Whether a setting changes anything given the others: there is no momentum without `sgd`, no decay without
 * `inverse-time`, and `head` trains no layer of the backbone and sees no photo twice.
 */
export function recipeUses(recipe: Pick<Recipe, 'name' | 'optimizer' | 'schedule'>, setting: keyof Recipe): boolean {
  switch (setting) {
    case 'firstTrainedLayer':
    case 'headEpochs':
    case 'augmentation':
      return recipe.name !== 'head';
    case 'momentum':
      return recipe.optimizer === 'sgd';
    case 'decay':
      return recipe.schedule === 'inverse-time';
    case 'warmUp':
      return recipe.schedule === 'cosine';
    default:
      return true;
  }
}
