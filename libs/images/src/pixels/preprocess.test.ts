import { InvalidArgumentError, ShapeError, type Preprocessing } from '@outsider/domain';
import { describe, expect, it } from 'vitest';

import { decodeImage } from './decode-image.ts';
import { colourAt, drawQuarters, drawWaves, encoderFor, quarters } from './draw-test-image.ts';
import { kerasPreprocessing } from './keras-preprocessing.ts';
import { loadPixels } from './load-pixels.ts';
import { preprocess } from './preprocess.ts';
import { preprocessingDigest } from './preprocessing-digest.ts';
import { resample } from './resample.ts';
import { toTensor } from './to-tensor.ts';

const plain: Preprocessing = {
  size: [6, 8],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

describe('preprocess', () => {
  it('gives [height, width, 3] with channels last, row by row', async () => {
    const drawing = drawWaves(8, 6);
    const tensor = await preprocess(await encoderFor(drawing).png().toBuffer(), plain);
    expect(tensor).toBeInstanceOf(Float32Array);
    expect([...tensor]).toEqual([...drawing.data]);
  });

  it('applies scale, then mean, then std, in channel order', async () => {
    const drawing = drawWaves(8, 6);
    const bytes = await encoderFor(drawing).png().toBuffer();
    const preprocessing: Preprocessing = {
      ...plain,
      channelOrder: 'bgr',
      scale: 1 / 255,
      mean: [0.1, 0.2, 0.3],
      std: [0.5, 0.25, 2],
    };
    const tensor = await preprocess(bytes, preprocessing);
    for (let i = 0; i < drawing.data.length; i++) {
      const channel = i % 3;
      const value = drawing.data[i - channel + (2 - channel)];
      const expected = (value / 255 - [0.1, 0.2, 0.3][channel]) / [0.5, 0.25, 2][channel];
      expect(tensor[i]).toBeCloseTo(expected, 5);
    }
  });

  it.each(['resnet50', 'vgg16'] as const)('of Keras for %s is BGR minus the mean of ImageNet', async (architecture) => {
    const red = { width: 5, height: 5, data: new Uint8Array(75).map((_, i) => [200, 100, 50][i % 3]) };
    const tensor = await preprocess(await encoderFor(red).png().toBuffer(), kerasPreprocessing[architecture]);
    expect(tensor.length).toBe(224 * 224 * 3);
    [50 - 103.939, 100 - 116.779, 200 - 123.68].forEach((value, i) => expect(tensor[i]).toBeCloseTo(value, 4));
  });

  it.each([
    ['inception_v3', 299],
    ['mobilenet_v2', 224],
  ] as const)('of Keras for %s runs from −1 to 1', async (architecture, side) => {
    const colours = { width: 5, height: 5, data: new Uint8Array(75).map((_, i) => [255, 0, 51][i % 3]) };
    const tensor = await preprocess(await encoderFor(colours).png().toBuffer(), kerasPreprocessing[architecture]);
    expect(tensor.length).toBe(side * side * 3);
    [1, -1, -0.6].forEach((value, i) => expect(tensor[i]).toBeCloseTo(value, 6));
  });

  it('refuses settings that make no sense, by name', async () => {
    const bytes = await encoderFor(drawWaves(8, 6)).png().toBuffer();
    const wrong: Partial<Preprocessing>[] = [
      { size: [0, 8] },
      { size: [6.5, 8] },
      { size: [224, 10 ** 9] },
      { std: [1, 0, 1] },
      { mean: [Number.NaN, 0, 0] },
    ];
    for (const change of wrong) {
      await expect(preprocess(bytes, { ...plain, ...change })).rejects.toThrow(/^preprocessing: expected/);
      await expect(preprocess(bytes, { ...plain, ...change })).rejects.toBeInstanceOf(InvalidArgumentError);
    }
  });
});

describe('loadPixels', () => {
  it('stretches the whole image', async () => {
    const bytes = await encoderFor(drawQuarters(60, 20)).png().toBuffer();
    const image = await loadPixels(bytes, { ...plain, size: [10, 10] });
    expect(colourAt(image, 0.05, 0.05)).toEqual(quarters.upperLeft);
    expect(colourAt(image, 0.95, 0.95)).toEqual(quarters.lowerRight);
  });

  it('crops the centre without changing its proportions', async () => {
    // Three squares side by side: only the middle one may be left.
    const drawing = { width: 60, height: 20, data: new Uint8Array(60 * 20 * 3) };
    drawing.data.forEach((_, i) => (drawing.data[i] = [10, 200, 90][Math.floor((Math.floor(i / 3) % 60) / 20)]));
    const bytes = await encoderFor(drawing).png().toBuffer();
    const image = await loadPixels(bytes, { ...plain, size: [20, 20], fit: 'centre-crop' });
    expect(new Set(image.data)).toEqual(new Set([200]));
    const upright = await encoderFor(drawing).rotate(90).png().toBuffer();
    const small = await loadPixels(upright, { ...plain, size: [8, 8], fit: 'centre-crop', interpolation: 'nearest' });
    expect(new Set(small.data)).toEqual(new Set([200]));
  });

  it('keeps the stated share of the centre', async () => {
    const drawing = drawWaves(32, 32);
    const bytes = await encoderFor(drawing).png().toBuffer();
    const image = await loadPixels(bytes, { ...plain, size: [24, 24], fit: 'centre-crop', cropShare: 0.75 });
    for (let y = 0; y < 24; y++) {
      const from = ((y + 4) * 32 + 4) * 3;
      expect(image.data.subarray(y * 72, (y + 1) * 72)).toEqual(drawing.data.subarray(from, from + 72));
    }
  });

  it.each([
    ['bilinear', 1120, 1008, 3, 0.6],
    ['bicubic', 1120, 1008, 3, 0.6],
    // Not multiples of the decoder's step: steep slopes show the shift that the docs speak of.
    ['bilinear', 1111, 1003, 20, 5],
  ] as const)('reduces large photos to nearly the exact result: %s, %i × %i', async (...parameters) => {
    const [interpolation, width, height, largest, average] = parameters;
    const bytes = await encoderFor(drawWaves(width, height)).jpeg({ quality: 92 }).toBuffer();
    const full = await decodeImage(bytes);
    const exact = resample(full, { left: 0, top: 0, width, height }, 70, 70, interpolation).data;
    const { data } = await loadPixels(bytes, { ...plain, size: [70, 70], interpolation });
    const differences = Array.from(data, (value, i) => Math.abs(value - exact[i]));
    expect(Math.max(...differences)).toBeLessThanOrEqual(largest);
    expect(differences.reduce((sum, value) => sum + value, 0) / data.length).toBeLessThan(average);
  });
});

describe('toTensor', () => {
  it('refuses pixels of another size', () => {
    expect(() => toTensor(drawWaves(8, 7), plain)).toThrow(ShapeError);
    expect(() => toTensor({ width: 8, height: 6, data: new Uint8Array(7) }, plain)).toThrow(ShapeError);
  });
});

describe('preprocessingDigest', () => {
  it('names the settings, whatever the order of their keys', () => {
    const { size, ...rest } = plain;
    expect(preprocessingDigest({ ...rest, size })).toBe(preprocessingDigest(plain));
    expect(preprocessingDigest(plain)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with every setting', () => {
    const others: Preprocessing[] = [
      plain,
      { ...plain, size: [8, 6] },
      { ...plain, fit: 'centre-crop' },
      { ...plain, fit: 'centre-crop', cropShare: 0.875 },
      { ...plain, interpolation: 'nearest' },
      { ...plain, channelOrder: 'bgr' },
      { ...plain, scale: 2 },
      { ...plain, mean: [0, 0, 1] },
      { ...plain, std: [1, 1, 2] },
    ];
    expect(new Set(others.map(preprocessingDigest)).size).toBe(others.length);
  });

  it('is part of what is stored, so it stays the same from version to version', () => {
    expect(preprocessingDigest(kerasPreprocessing.resnet50)).toBe(
      '6966d03211a68291a2fed5e9927e2c2ca422b72190ab30544d7d9ca3cba2ca31',
    );
  });
});
