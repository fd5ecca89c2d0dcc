import { recipeDefaults } from '@outsider/domain';
import { expect, it } from 'vitest';
import { readRecipe } from './read-recipe.ts';

it('reads every setting as it is stored', () => {
  const stored = {
    name: 'tutorial',
    architecture: 'resnet50',
    units: 2048,
    seed: 7,
    firstTrainedLayer: 'conv4_block1_0_conv',
    ...recipeDefaults.tutorial,
  };
  expect(readRecipe(stored)).toEqual(stored);
});

it('leaves out what an older run did not store, rather than say what it may not have done', () => {
  const read = readRecipe({ name: 'head', architecture: 'tiny', epochs: 5, learningRate: 0.01 });
  expect(read).toMatchObject({ name: 'head', architecture: 'tiny', epochs: 5, learningRate: 0.01, dropout: 0.5 });
  expect(read.optimizer).toBeUndefined();
  expect(read.patience).toBeUndefined();
});

it('never breaks a page', () => {
  expect(readRecipe(null)).toMatchObject({ name: 'head', epochs: 0 });
  expect(readRecipe('none')).toMatchObject({ name: 'head', epochs: 0 });
  expect(readRecipe({ name: 'unheard', optimizer: 3, decay: 'slow' })).toMatchObject({ name: 'head' });
});
