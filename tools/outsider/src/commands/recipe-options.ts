import { Option, InvalidArgumentError as InvalidOption, type Command } from 'commander';
import {
  recipeChoices,
  recipeDefaults,
  recipeNames,
  recipeRanges,
  type Recipe,
  type RecipeDefaults,
  type RecipeName,
} from '@outsider/domain';
import { architectureNames } from '@outsider/finetuning/architectures';

/** What `train` was given of a recipe; what is absent is left to the service. */
export type RecipeFlags = { readonly [S in Exclude<keyof Recipe, 'name'>]?: Recipe[S] } & {
  readonly recipe: RecipeName;
};

type NumberSetting = keyof typeof recipeRanges;
type ChoiceSetting = keyof typeof recipeChoices;

/** Adds an option for every setting of a recipe, in groups. */
export function addRecipeOptions(command: Command): Command {
  return command
    .optionsGroup('Recipe:')
    .addOption(
      new Option('--recipe <name>', 'head: new layers only; fine-tune: top blocks too; tutorial: at once, with SGD')
        .choices(recipeNames)
        .default('head'),
    )
    .addOption(new Option('--architecture <name>', 'of the backbone').choices(architectureNames).default('resnet50'))
    .addOption(number('epochs', 'passes over the photos'))
    .addOption(number('learningRate', 'the highest of the schedule'))
    .addOption(number('batchSize', 'photos a step'))
    .addOption(number('dropout', 'share of the inputs of each new layer'))
    .addOption(choice('augmentation', 'how photos are bent at random'))
    .addOption(number('seed', 'equal seeds, equal runs on one backend'))
    .optionsGroup('What is trained:')
    .addOption(number('units', 'of the relevant layer'))
    .addOption(number('headEpochs', 'passes that train the new layers alone, first'))
    .option('--first-trained-layer <name>', "Keras' name of a layer, trained with all after it")
    .addOption(choice('output', 'sigmoid is for two classes'))
    .optionsGroup('How it is trained:')
    .addOption(choice('optimizer', 'sgd is with Nesterov momentum'))
    .addOption(number('momentum', 'of sgd'))
    .addOption(number('weightDecay', 'decoupled, of kernels'))
    .addOption(choice('schedule', 'of the learning rate'))
    .addOption(number('warmUp', 'share of all steps in which the rate of cosine rises'))
    .addOption(number('decay', 'of inverse-time: rate / (1 + decay · step)'))
    .addOption(number('labelSmoothing', 'share of the target spread over all classes'))
    .addOption(choice('classWeights', 'balanced: every class counts alike, none: every photo'))
    .optionsGroup('How much, and when it ends:')
    .addOption(number('samplesPerEpoch', 'photos an epoch; 0 means all'))
    .addOption(number('validationSamples', 'photos that judge an epoch; 0 means all'))
    .addOption(number('patience', 'epochs without a lower validation loss; 0 means never early'));
}

/** The flags as the settings of a recipe. */
export function toRecipeSettings({ recipe: name, ...settings }: RecipeFlags): Partial<Recipe> {
  return { name, ...settings };
}

function number(setting: NumberSetting, what: string): Option {
  const { low, high, whole } = recipeRanges[setting];
  const range = whole && high >= 1_000_000 ? `${low} and up` : `${low} to ${high}`;
  return new Option(`--${kebab(setting)} <number>`, describe(setting, `${what}; ${range}`)).argParser((text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= low && value <= high)) throw new InvalidOption(`expected ${range}.`);
    if (whole && !Number.isInteger(value)) throw new InvalidOption('expected a whole number.');
    return value;
  });
}

function choice(setting: ChoiceSetting, what: string): Option {
  return new Option(`--${kebab(setting)} <name>`, describe(setting, what)).choices(recipeChoices[setting]);
}

/** With what each recipe does without the option, in one word where all agree. */
function describe(setting: keyof Recipe, what: string): string {
  if (!(setting in recipeDefaults.head)) return what;
  const own = recipeNames.map((name) => String(recipeDefaults[name][setting as keyof RecipeDefaults]));
  const same = own.every((value) => value === own[0]);
  return `${what} (default: ${same ? own[0] : recipeNames.map((name, i) => `${name} ${own[i]}`).join(', ')})`;
}

function kebab(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
