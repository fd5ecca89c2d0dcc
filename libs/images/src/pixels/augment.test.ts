import { InvalidArgumentError, ShapeError, type Preprocessing } from '@outsider/domain';
import { describe, expect, it } from 'vitest';

import fixture from './augment.fixture.json' with { type: 'json' };
import { augmentParameters, tutorialAugmentation, type AugmentParameters } from './augment-parameters.ts';
import { augment } from './augment.ts';
import { type RgbImage } from './rgb-image.ts';
import { toTensor } from './to-tensor.ts';

const { width, height } = fixture;

/** The picture that the oracle's script draws. */
function source(): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const checker = (Math.floor(x / 3) + Math.floor(y / 4)) % 2 === 1 ? 255 : 0;
      data.set([(x * 17) % 256, checker, (x * 31 + y * 57 + x * y * 13) % 256], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

const plain: Preprocessing = {
  size: [height, width],
  fit: 'stretch',
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const still: AugmentParameters = { rotationRadians: 0, shearRadians: 0, zoomHeight: 1, zoomWidth: 1, flip: false };

describe('augment', () => {
  it.each(fixture.cases)(
    'equals scipy: turned $rotationRadians, sheared $shearRadians, zoomed $zoomHeight × $zoomWidth, flipped $flip',
    ({ float32, ...parameters }) => {
      const bytes = Uint8Array.from(Buffer.from(float32, 'base64'));
      const expected = new Float32Array(bytes.buffer);
      const tensor = augment(source(), parameters, plain);
      expect(tensor.length).toBe(expected.length);
      // Edges of the checkerboard amplify the rounding of positions: 255 · 1e-6.
      tensor.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-3));
    },
  );

  it('does the arithmetic of preprocessing, and nothing else when nothing is bent', () => {
    const caffe: Preprocessing = {
      ...plain,
      channelOrder: 'bgr',
      scale: 0.5,
      mean: [10, 20, 30],
      std: [1, 2, 4],
    };
    const expected = toTensor(source(), caffe);
    augment(source(), still, caffe).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
  });

  it('refuses pixels of another size', () => {
    expect(() => augment(source(), still, { ...plain, size: [height, width + 1] })).toThrow(ShapeError);
  });
});

describe('augmentParameters', () => {
  it('depends on seed, epoch and photo, and on nothing else', () => {
    const first = augmentParameters(1, 2, 'photo', tutorialAugmentation);
    augmentParameters(9, 9, 'another', tutorialAugmentation);
    expect(augmentParameters(1, 2, 'photo', tutorialAugmentation)).toEqual(first);
    const others = [
      augmentParameters(2, 2, 'photo', tutorialAugmentation),
      augmentParameters(1, 3, 'photo', tutorialAugmentation),
      augmentParameters(1, 2, 'photo2', tutorialAugmentation),
      augmentParameters(12, 2, 'photo', tutorialAugmentation),
      augmentParameters(1, 22, 'photo', tutorialAugmentation),
    ];
    for (const other of others) expect(other.rotationRadians).not.toBe(first.rotationRadians);
  });

  it('fills its ranges evenly', () => {
    const draws = Array.from({ length: 4000 }, (_, i) => augmentParameters(3, 0, `${i}`, tutorialAugmentation));
    const ranges = [
      [draws.map((d) => d.rotationRadians), -Math.PI / 6, Math.PI / 6],
      [draws.map((d) => d.shearRadians), -0.2, 0.2],
      [draws.map((d) => d.zoomHeight), 0.8, 1.2],
      [draws.map((d) => d.zoomWidth), 0.8, 1.2],
    ] as const;
    for (const [values, low, high] of ranges) {
      const quarters = [0, 0, 0, 0];
      for (const value of values) quarters[Math.floor(((value - low) / (high - low)) * 4)]++;
      // 1000 ± 27 each: six standard deviations, and nothing outside of the range.
      for (const count of quarters) expect(Math.abs(count - 1000)).toBeLessThan(165);
      expect(quarters.reduce((sum, count) => sum + count, 0)).toBe(4000);
    }
    const flips = draws.filter((d) => d.flip).length;
    expect(Math.abs(flips - 2000)).toBeLessThan(190);
    expect(draws.some((d) => Math.abs(d.zoomHeight - d.zoomWidth) > 0.1)).toBe(true);
  });

  it('leaves out what has no range, without touching the rest', () => {
    const off = { rotationDegrees: 0, shearRadians: 0.2, zoom: 0, horizontalFlip: false };
    const parameters = augmentParameters(1, 2, 'photo', off);
    expect(parameters).toEqual({
      rotationRadians: 0,
      shearRadians: augmentParameters(1, 2, 'photo', tutorialAugmentation).shearRadians,
      zoomHeight: 1,
      zoomWidth: 1,
      flip: false,
    });
  });

  it.each([
    [{ rotationDegrees: -1 }, 'augmentation rotation: expected 0 to 180 degrees, got -1'],
    [{ shearRadians: 2 }, 'augmentation shear: expected 0 to 1.5 radians, got 2'],
    [{ zoom: 1 }, 'augmentation zoom: expected 0 to 0.99, got 1'],
    [{ zoom: Number.NaN }, 'augmentation zoom: expected 0 to 0.99, got NaN'],
  ])('refuses %j', (change, message) => {
    const ranges = { ...tutorialAugmentation, ...change };
    expect(() => augmentParameters(1, 1, 'photo', ranges)).toThrow(InvalidArgumentError);
    expect(() => augmentParameters(1, 1, 'photo', ranges)).toThrow(message);
  });
});
