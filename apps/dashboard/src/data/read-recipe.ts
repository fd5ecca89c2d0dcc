import { recipeChoices, recipeNames, type Recipe } from '@outsider/domain';
import { z } from 'zod';

/** Settings that every stored recipe has; a run may be older than the others. */
type FirstSettings = 'name' | 'architecture' | 'units' | 'epochs' | 'batchSize' | 'learningRate' | 'dropout' | 'seed';

/** How a backbone was trained, as far as the run says so. */
export type RecipeView = Pick<Recipe, FirstSettings> & Partial<Omit<Recipe, FirstSettings>>;

const number = z.number().optional().catch(undefined);

const recipe = z.object({
  name: z.enum(recipeNames).catch('head'),
  architecture: z.string().catch(''),
  units: z.number().catch(0),
  epochs: z.number().catch(0),
  batchSize: z.number().catch(0),
  learningRate: z.number().catch(0),
  dropout: z.number().catch(0.5),
  seed: z.number().catch(0),
  firstTrainedLayer: z.string().optional().catch(undefined),
  headEpochs: number,
  optimizer: z.enum(recipeChoices.optimizer).optional().catch(undefined),
  schedule: z.enum(recipeChoices.schedule).optional().catch(undefined),
  decay: number,
  momentum: number,
  warmUp: number,
  weightDecay: number,
  labelSmoothing: number,
  classWeights: z.enum(recipeChoices.classWeights).optional().catch(undefined),
  output: z.enum(recipeChoices.output).optional().catch(undefined),
  augmentation: z.enum(recipeChoices.augmentation).optional().catch(undefined),
  samplesPerEpoch: number,
  validationSamples: number,
  patience: number,
});

export function readRecipe(value: unknown): RecipeView {
  return recipe.catch(recipe.parse({})).parse(value ?? {});
}
