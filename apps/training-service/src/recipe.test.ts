import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { parseRecipe, toRecipeMessage } from './recipe.ts';

describe('parseRecipe', () => {
  it('fills in every default of an empty message', () => {
    expect(parseRecipe()).toMatchObject({ name: 'head', architecture: 'resnet50', units: 2048, dropout: 0.5, seed: 0 });
  });

  it('tells a dropout of 0 from an absent one', () => {
    expect(parseRecipe({ dropout: 0 }).dropout).toBe(0);
    expect(parseRecipe({ dropout: undefined }).dropout).toBe(0.5);
  });

  it('reads back what it wrote', () => {
    const recipe = parseRecipe({ epochs: 3, learningRate: 0.01, seed: 7, dropout: 0, architecture: 'tiny' });
    expect(parseRecipe(toRecipeMessage(recipe))).toEqual(recipe);
  });

  it.each([
    [{ name: 'tutoriel' }, /recipe\.name: expected one of head.*"tutoriel"/],
    [{ architecture: 'resnet51' }, /recipe\.architecture: .*"resnet51"/],
    [{ epochs: -1 }, /recipe\.epochs: expected 1 to 1000, got -1/],
    [{ epochs: 1.5 }, /whole number/],
    [{ learningRate: Number.NaN }, /recipe\.learning_rate/],
    [{ dropout: 0.95 }, /recipe\.dropout: expected 0 to 0.9, got 0.95/],
  ])('refuses %o', (message, sentence) => {
    const parse = () => parseRecipe(message);
    expect(parse).toThrow(InvalidArgumentError);
    expect(parse).toThrow(sentence);
  });
});
