import { recipeDefaults, type Recipe } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { describeRecipe } from './recipe-words.ts';

const common = { architecture: 'resnet50', units: 2048, seed: 0 };
const tutorial: Recipe = {
  name: 'tutorial',
  ...common,
  firstTrainedLayer: 'conv4_block1_0_conv',
  ...recipeDefaults.tutorial,
};
const head: Recipe = { name: 'head', ...common, firstTrainedLayer: '', ...recipeDefaults.head };

describe('describeRecipe', () => {
  it('says every setting in words and units', () => {
    expect(Object.fromEntries(describeRecipe(tutorial))).toEqual({
      Recipe: 'Tutorial',
      Architecture: 'ResNet50',
      'Relevant layer': '2\u202f048 units',
      'First trained layer': 'conv4_block1_0_conv',
      'Head epochs': 'none',
      Epochs: '20',
      Patience: 'never stops early',
      'Photos an epoch': '800',
      'Validation photos': '200',
      'Batch size': '16 photos',
      'Learning rate': '1e−4',
      Optimizer: 'SGD, Nesterov',
      Momentum: '0.9',
      'Weight decay': 'none',
      Schedule: 'inverse time',
      Decay: '1e−6 a step',
      Dropout: '50\u202f% of the inputs',
      'Label smoothing': 'none',
      'Class weights': 'every photo alike',
      Output: 'sigmoid, one unit',
      Augmentation: 'rotates, shears, zooms, mirrors',
      Seed: '0',
    });
  });

  it('leaves out what means nothing in this recipe', () => {
    const names = describeRecipe(head).map(([name]) => name);
    expect(names).toContain('Warm-up');
    for (const name of ['Momentum', 'Decay', 'First trained layer', 'Head epochs', 'Augmentation'])
      expect(names).not.toContain(name);
  });

  it('leaves out what an older run did not store', () => {
    const { optimizer: _, schedule: __, warmUp: ___, patience: ____, ...older } = head;
    const names = describeRecipe(older).map(([name]) => name);
    expect(names).toContain('Epochs');
    for (const name of ['Optimizer', 'Schedule', 'Warm-up', 'Patience', 'Momentum']) expect(names).not.toContain(name);
  });
});
