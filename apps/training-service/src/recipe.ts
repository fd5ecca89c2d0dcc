import { InvalidArgumentError } from '@outsider/domain';
import type { Recipe as RecipeMessage } from '@outsider/contracts';

/** How a backbone is trained, every default filled in: what is stored with a run, shown and cloned. */
export interface Recipe {
  readonly name: RecipeName;
  readonly architecture: Architecture;
  readonly units: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly dropout: number;
  readonly seed: number;
}

export type RecipeName = 'head';
export type Architecture = 'resnet50' | 'tiny';

const architectures: readonly Architecture[] = ['resnet50', 'tiny'];

/** What an empty message means, by recipe name. */
const defaults: Readonly<Record<RecipeName, Omit<Recipe, 'name' | 'architecture' | 'seed'>>> = {
  head: { units: 2048, epochs: 6, batchSize: 64, learningRate: 1e-4, dropout: 0.5 },
};

/** @throws {InvalidArgumentError} naming the field, what it was and what it may be */
export function parseRecipe(message: Partial<RecipeMessage> = {}): Recipe {
  const name = oneOf('recipe.name', message.name || 'head', Object.keys(defaults) as RecipeName[]);
  const fallback = defaults[name];
  return {
    name,
    architecture: oneOf('recipe.architecture', message.architecture || 'resnet50', architectures),
    units: integer('recipe.units', given(message.units, fallback.units), 1, 16_384),
    epochs: integer('recipe.epochs', given(message.epochs, fallback.epochs), 1, 1000),
    batchSize: integer('recipe.batch_size', given(message.batchSize, fallback.batchSize), 1, 1024),
    learningRate: within('recipe.learning_rate', given(message.learningRate, fallback.learningRate), 1e-8, 10),
    dropout: within('recipe.dropout', message.dropout ?? fallback.dropout, 0, 0.9),
    seed: integer('recipe.seed', message.seed ?? 0, 0, 2 ** 31 - 1),
  };
}

/** A stored recipe as the message that `parseRecipe` reads back to the same recipe. */
export function toRecipeMessage(recipe: Recipe): RecipeMessage {
  return { ...recipe };
}

/** In proto3 an unset number is 0; NaN is a value, and a wrong one. */
function given(value: number | undefined, fallback: number): number {
  return value === undefined || value === 0 ? fallback : value;
}

function oneOf<T extends string>(field: string, value: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined)
    throw new InvalidArgumentError(`${field}: expected one of ${known.join(', ')}, got "${value}"`);
  return found;
}

function within(field: string, value: number, low: number, high: number): number {
  if (!(value >= low && value <= high))
    throw new InvalidArgumentError(`${field}: expected ${low} to ${high}, got ${value}`);
  return value;
}

function integer(field: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value)) throw new InvalidArgumentError(`${field}: expected a whole number, got ${value}`);
  return within(field, value, low, high);
}
