import { Recipe as RecipeMessage } from '@outsider/contracts';
import { InvalidArgumentError, recipeChoices, recipeNames, recipeRanges, type Recipe } from '@outsider/domain';
import { settingNames } from '../views/recipe-words.ts';
import { readNumber, readWhole } from './read-form.ts';

type NumberSetting = keyof typeof recipeRanges;
type ChoiceSetting = keyof typeof recipeChoices;

/**
 * The recipe that a form asks for. A field that is empty or absent is left to the service, which knows the recipe's
 * own value.
 *
 * @param kept what the form has no fields for
 * @throws {InvalidArgumentError} naming the field, with the detail `setting`
 */
export function readRecipeForm(form: FormData, kept: Pick<Recipe, 'architecture' | 'units'>): RecipeMessage {
  const name = String(form.get('recipe') ?? '');
  if (!(recipeNames as readonly string[]).includes(name))
    throw new InvalidArgumentError(`Recipe: expected one of ${recipeNames.join(', ')}, got "${name.slice(0, 40)}"`);
  return RecipeMessage.create({
    ...Object.fromEntries(
      (Object.keys(recipeRanges) as NumberSetting[]).map((setting) => [setting, readSetting(form, setting)]),
    ),
    ...Object.fromEntries(
      (Object.keys(recipeChoices) as ChoiceSetting[]).map((setting) => [setting, String(form.get(setting) ?? '')]),
    ),
    name,
    architecture: kept.architecture,
    units: kept.units,
    firstTrainedLayer: String(form.get('firstTrainedLayer') ?? '').trim(),
  });
}

function readSetting(form: FormData, setting: NumberSetting): number | undefined {
  if (String(form.get(setting) ?? '').trim() === '') return undefined;
  const { low, high, whole } = recipeRanges[setting];
  return blaming(setting, () => (whole ? readWhole : readNumber)(form, setting, settingNames[setting], low, high));
}

/** What the service says of `recipe.batch_size` is said of the field that a person sees. */
export async function inFormWords<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const found = error instanceof InvalidArgumentError ? /^recipe\.([a-z_]+): (.+)$/s.exec(error.message) : null;
    const setting = found?.[1]?.replace(/_[a-z]/g, (letter) => letter.charAt(1).toUpperCase());
    if (!setting || !(setting in settingNames)) throw error;
    throw new InvalidArgumentError(`${settingNames[setting as keyof Recipe]}: ${found![2]}`, { setting });
  }
}

function blaming<T>(setting: NumberSetting, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InvalidArgumentError ? new InvalidArgumentError(error.message, { setting }) : error;
  }
}
