import { describe, expect, it } from 'vitest';
import { recipeChoices, recipeDefaults, recipeNames, recipeRanges, recipeUses, type Recipe } from './recipe.ts';

describe('recipeDefaults', () => {
  it.each(recipeNames)('are values that "%s" may have', (name) => {
    for (const [setting, value] of Object.entries(recipeDefaults[name])) {
      if (setting in recipeRanges) {
        const { low, high, whole } = recipeRanges[setting as keyof typeof recipeRanges];
        expect(value, setting).toBeGreaterThanOrEqual(low);
        expect(value, setting).toBeLessThanOrEqual(high);
        if (whole) expect(Number.isInteger(value), setting).toBe(true);
      } else {
        expect(recipeChoices[setting as keyof typeof recipeChoices], setting).toContain(value);
      }
    }
  });
});

describe('recipeUses', () => {
  const used = (name: Recipe['name'], change: Partial<Recipe> = {}) => {
    const recipe = { name, ...recipeDefaults[name], ...change };
    const settings = ['firstTrainedLayer', 'headEpochs', 'augmentation', 'momentum', 'decay', 'warmUp'] as const;
    return settings.filter((setting) => recipeUses(recipe, setting));
  };

  it('leaves out what the optimizer and the schedule do not know', () => {
    expect(used('head')).toEqual(['warmUp']);
    expect(used('fine-tune')).toEqual(['firstTrainedLayer', 'headEpochs', 'augmentation', 'warmUp']);
    expect(used('tutorial')).toEqual(['firstTrainedLayer', 'headEpochs', 'augmentation', 'momentum', 'decay']);
  });

  it('follows a changed optimizer and schedule', () => {
    expect(used('head', { optimizer: 'sgd', schedule: 'inverse-time' })).toEqual(['momentum', 'decay']);
  });
});
