import { expect, it } from 'vitest';
import { readRunFigures } from './run-figures.ts';

const validation = {
  photos: 4,
  accuracy: 0.75,
  loss: 0.4,
  confusion: [
    [2, 0],
    [1, 1],
  ],
};
const mistake = { contentDigest: 'a'.repeat(64), label: 'cat', predicted: 'dog', probability: 0.9 };

it('reads the final figures of a run as the training service writes them', () => {
  const training = {
    bestEpoch: 3,
    epochsRun: 5,
    seconds: 61.5,
    imagesPerSecond: 40,
    peakMiB: 900,
    weightSource: 'npm',
    resumedFrom: null,
    stoppedEarly: true,
  };
  const stored = { validation: { ...validation, mistakes: [mistake], mistakeCount: 60 }, training };
  expect(readRunFigures(stored)).toEqual({
    validationAccuracy: 0.75,
    validationLoss: 0.4,
    validationPhotos: 4,
    confusion: validation.confusion,
    mistakes: { count: 60, kept: [mistake] },
    training,
  });
});

it('tells a run without mistakes from one that did not look for them', () => {
  expect(readRunFigures({ validation: { ...validation, mistakes: [] } }).mistakes).toEqual({ count: 0, kept: [] });
  expect(readRunFigures({ validation }).mistakes).toBeNull();
});

it('shows what is there when something cannot be read', () => {
  const read = readRunFigures({
    validation: { ...validation, loss: 'low', mistakes: [{ label: 'cat' }] },
    training: { seconds: 3 },
  });
  expect(read).toMatchObject({ validationAccuracy: 0.75, validationLoss: null, mistakes: null });
  expect(read.training).toMatchObject({ seconds: 3, bestEpoch: null, stoppedEarly: false });
  expect(readRunFigures(null)).toMatchObject({ validationAccuracy: null, confusion: null, training: null });
});
