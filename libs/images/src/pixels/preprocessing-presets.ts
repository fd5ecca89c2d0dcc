import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';

import { kerasPreprocessing } from './keras-preprocessing.ts';

const plain = {
  size: [224, 224],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const satisfies Preprocessing;

/** Preparations that classifiers from elsewhere commonly expect, by name. */
export const preprocessingPresets: Readonly<Record<string, Preprocessing>> = {
  /** Resize(256), CenterCrop(224), ToTensor, Normalize with ImageNet's mean and deviation: torchvision's references. */
  torchvision: {
    ...plain,
    fit: 'centre-crop',
    cropShare: 224 / 256,
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  /** Values from 0 to 1, as Keras' Rescaling(1/255) and ToTensor without Normalize give them. */
  unit: { ...plain, scale: 1 / 255 },
  /** Values from 0 to 255: the network does the rest itself. */
  raw: plain,
  ...Object.fromEntries(Object.entries(kerasPreprocessing).map(([name, settings]) => [`keras:${name}`, settings])),
};

/** @throws {InvalidArgumentError} listing the known names */
export function getPreset(name: string): Preprocessing {
  if (Object.hasOwn(preprocessingPresets, name)) return preprocessingPresets[name];
  const known = Object.keys(preprocessingPresets).join(', ');
  throw new InvalidArgumentError(`preprocessing: no preset "${name.slice(0, 80)}"; there are ${known}`);
}
