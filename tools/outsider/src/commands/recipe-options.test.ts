import { Command } from 'commander';
import { recipeDefaults, type Recipe } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { addRecipeOptions, toRecipeSettings, type RecipeFlags } from './recipe-options.ts';

function parse(...args: string[]): Partial<Recipe> {
  const command = addRecipeOptions(new Command('train').exitOverride().configureOutput({ writeErr: () => undefined }));
  command.parse(args, { from: 'user' });
  return toRecipeSettings(command.opts<RecipeFlags>());
}

describe('the options of a recipe', () => {
  it('leave everything to the service that nobody asked for', () => {
    expect(parse()).toEqual({ name: 'head', architecture: 'resnet50' });
  });

  it('know every setting', () => {
    const asked: Omit<Recipe, 'name'> = {
      ...recipeDefaults.tutorial,
      architecture: 'tiny',
      units: 64,
      seed: 5,
      firstTrainedLayer: 'conv2_0_conv',
      warmUp: 0.25,
    };
    const flags = Object.entries(asked).flatMap(([setting, value]) => [
      `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      String(value),
    ]);
    expect(parse('--recipe', 'tutorial', ...flags)).toEqual({ name: 'tutorial', ...asked });
  });

  it.each([
    [['--epochs', '0'], /expected 1 to 1000/],
    [['--epochs', '1.5'], /whole number/],
    [['--dropout', ''], /expected 0 to 0.9/],
    [['--recipe', 'best'], /head, fine-tune, tutorial/],
    [['--optimizer', 'adam'], /sgd, adamw/],
  ])('refuse %j', (args, sentence) => {
    expect(() => parse(...args)).toThrow(sentence);
  });
});
