import { InvalidArgumentError, UnavailableError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';
import { inFormWords, readRecipeForm } from './read-recipe-form.ts';

const kept = { architecture: 'tiny', units: 32 };

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

describe('readRecipeForm', () => {
  it('takes what the form says and keeps what it has no fields for', () => {
    const form = formOf({ recipe: 'fine-tune', epochs: '3', learningRate: '2e-5', warmUp: '0', optimizer: 'sgd' });
    expect(readRecipeForm(form, kept)).toMatchObject({
      name: 'fine-tune',
      architecture: 'tiny',
      units: 32,
      epochs: 3,
      learningRate: 2e-5,
      warmUp: 0,
      optimizer: 'sgd',
    });
  });

  it('leaves empty and absent fields to the service, a share of 0 apart from none', () => {
    const message = readRecipeForm(formOf({ recipe: 'head', epochs: ' ', firstTrainedLayer: ' ', dropout: '0' }), kept);
    expect(message).toMatchObject({ epochs: 0, batchSize: 0, firstTrainedLayer: '', optimizer: '', dropout: 0 });
    expect(message.warmUp).toBeUndefined();
    expect(message.patience).toBeUndefined();
  });

  it.each([
    [{ recipe: 'best' }, /^Recipe: expected one of head, fine-tune, tutorial, got "best"/, undefined],
    [{ recipe: 'head', epochs: 'none' }, /^Epochs: expected a number from 1 to 1000, got "none"/, 'epochs'],
    [{ recipe: 'head', epochs: '0' }, /^Epochs: expected a number from 1 to 1000, got "0"/, 'epochs'],
    [{ recipe: 'head', patience: '1.5' }, /^Patience: expected a whole number/, 'patience'],
    [{ recipe: 'head', momentum: '1' }, /^Momentum: expected a number from 0 to 0.999/, 'momentum'],
  ])('refuses %o and says which field it was', (fields, sentence, setting) => {
    const read = () => readRecipeForm(formOf(fields), kept);
    expect(read).toThrow(sentence);
    try {
      read();
    } catch (error) {
      expect(error instanceof InvalidArgumentError && error.details['setting']).toBe(setting);
    }
  });
});

describe('inFormWords', () => {
  it('puts the name of the field for the path of the message', async () => {
    const refused = inFormWords(
      Promise.reject(new InvalidArgumentError('recipe.first_trained_layer: expected a layer of tiny, got "conv9"')),
    );
    await expect(refused).rejects.toMatchObject({
      message: 'First trained layer: expected a layer of tiny, got "conv9"',
      details: { setting: 'firstTrainedLayer' },
    });
  });

  it('passes on everything else', async () => {
    const other = new InvalidArgumentError('a classifier needs two classes or more');
    await expect(inFormWords(Promise.reject(other))).rejects.toBe(other);
    const unknown = new InvalidArgumentError('recipe.colour: expected none');
    await expect(inFormWords(Promise.reject(unknown))).rejects.toBe(unknown);
    const away = new UnavailableError('recipe.epochs: the service is away');
    await expect(inFormWords(Promise.reject(away))).rejects.toBe(away);
    await expect(inFormWords(Promise.resolve(4))).resolves.toBe(4);
  });
});
