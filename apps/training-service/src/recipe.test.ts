import { Recipe as RecipeMessage } from '@outsider/contracts';
import { InvalidArgumentError, type Recipe } from '@outsider/domain';
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
    const tutorial = parseRecipe({ name: 'tutorial', patience: 3, samplesPerEpoch: 0, output: 'softmax' });
    expect(parseRecipe(toRecipeMessage(tutorial))).toEqual(tutorial);
  });

  it('reads what was stored before a setting existed, and can send it', () => {
    const { optimizer: _, firstTrainedLayer: __, patience: ___, ...older } = parseRecipe({ epochs: 3 });
    const message = toRecipeMessage(older as Recipe);
    expect(RecipeMessage.decode(RecipeMessage.encode(message).finish())).toMatchObject({ epochs: 3, optimizer: '' });
    expect(parseRecipe(message)).toEqual(parseRecipe({ epochs: 3 }));
  });

  it('is the tutorial by name: its layers, optimizer, augmentation and sample counts', () => {
    expect(parseRecipe({ name: 'tutorial' })).toMatchObject({
      firstTrainedLayer: 'conv4_block1_1_conv',
      optimizer: 'sgd',
      learningRate: 1e-4,
      decay: 1e-6,
      momentum: 0.9,
      output: 'sigmoid',
      augmentation: 'tutorial',
      epochs: 20,
      samplesPerEpoch: 800,
      validationSamples: 200,
    });
  });

  it.each([
    [{ name: 'tutoriel' }, /recipe\.name: expected one of head.*"tutoriel"/],
    [{ architecture: 'resnet51' }, /recipe\.architecture: .*"resnet51"/],
    [{ epochs: -1 }, /recipe\.epochs: expected 1 to 1000, got -1/],
    [{ epochs: 1.5 }, /whole number/],
    [{ learningRate: Number.NaN }, /recipe\.learning_rate/],
    [{ firstTrainedLayer: 'conv5_block1_1_conv' }, /recipe\.first_trained_layer: the recipe "head" trains none/],
    [
      { name: 'tutorial', firstTrainedLayer: 'conv9' },
      /such as conv5_block1_1_conv; this network has no layer "conv9"/,
    ],
    [{ name: 'tutorial', firstTrainedLayer: 'conv5_block2_2_conv' }, /reads several layers before it/],
    [{ augmentation: 'flip' }, /recipe\.augmentation: the recipe "head"/],
    [{ name: 'fine-tune', optimizer: 'adam' }, /recipe\.optimizer: expected one of sgd, adamw, got "adam"/],
    [{ name: 'fine-tune', patience: -1 }, /recipe\.patience: expected 0 to 1000, got -1/],
    [{ dropout: 0.95 }, /recipe\.dropout: expected 0 to 0.9, got 0.95/],
  ])('refuses %o', (message, sentence) => {
    const parse = () => parseRecipe(message);
    expect(parse).toThrow(InvalidArgumentError);
    expect(parse).toThrow(sentence);
  });
});
