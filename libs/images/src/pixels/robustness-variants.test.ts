import { InvalidArgumentError } from '@outsider/domain';
import { describe, expect, it } from 'vitest';

import { decodeImage } from './decode-image.ts';
import { colourAt, drawQuarters, drawWaves, encoderFor, quarters } from './draw-test-image.ts';
import { type RgbImage } from './rgb-image.ts';
import { distortedVariants, distortVariant, drawnVariants, drawVariant } from './robustness-variants.ts';

function meanOf({ data }: RgbImage): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}

/** Mean difference between horizontal neighbours: how much detail there is. */
function detailOf({ width, data }: RgbImage): number {
  let sum = 0;
  for (let i = 3; i < data.length; i++) if (i % (width * 3) >= 3) sum += Math.abs(data[i] - data[i - 3]);
  return sum / data.length;
}

describe('drawVariant', () => {
  it('draws one colour, another for each seed', async () => {
    const images = await Promise.all([1, 2, 3].map(async (seed) => decodeImage(await drawVariant('blank', seed))));
    for (const image of images) {
      const [red, green, blue] = image.data;
      expect(image.data.every((value, i) => value === [red, green, blue][i % 3])).toBe(true);
    }
    expect(new Set(images.map(({ data }) => data.subarray(0, 3).join())).size).toBe(3);
  });

  it('draws noise that uses all values evenly', async () => {
    const { data } = await decodeImage(await drawVariant('noise', 7));
    const counts = new Array<number>(256).fill(0);
    for (const value of data) counts[value]++;
    // 768 ± 28 each: six standard deviations.
    for (const count of counts) expect(Math.abs(count - data.length / 256)).toBeLessThan(170);
  });

  it.each(drawnVariants)('draws the same %s for the same seed', async (variant) => {
    expect(await drawVariant(variant, 5)).toEqual(await drawVariant(variant, 5));
    expect(await drawVariant(variant, 5)).not.toEqual(await drawVariant(variant, 6));
  });
});

describe('distortVariant', () => {
  const photo = drawWaves(150, 100);
  async function distort(variant: (typeof distortedVariants)[number]): Promise<RgbImage> {
    return decodeImage(await distortVariant(variant, await encoderFor(photo).png().toBuffer()));
  }

  it('blurs details away and keeps the brightness', async () => {
    const blurred = await distort('blur');
    expect(detailOf(blurred)).toBeLessThan(detailOf(photo) / 4);
    expect(Math.abs(meanOf(blurred) - meanOf(photo))).toBeLessThan(3);
  });

  it('darkens', async () => {
    expect(meanOf(await distort('dark')) / meanOf(photo)).toBeCloseTo(0.12, 1);
  });

  it('compresses until blocks show', async () => {
    const bytes = await distortVariant('strong-jpeg', await encoderFor(photo).png().toBuffer());
    const fine = await encoderFor(photo).jpeg({ quality: 90 }).toBuffer();
    expect(bytes.length).toBeLessThan(fine.length / 4);
    const { width, height } = await decodeImage(bytes);
    expect([width, height]).toEqual([150, 100]);
  });

  it('turns a photo on its side and on its head', async () => {
    // Its EXIF orientation is applied first: the distortion starts from what a person sees.
    const png = await encoderFor(drawQuarters(40, 20)).withMetadata({ orientation: 3 }).png().toBuffer();
    const rotated = await decodeImage(await distortVariant('rotated', png));
    expect([rotated.width, rotated.height]).toEqual([20, 40]);
    expect(colourAt(rotated, 0.25, 0.25)).toEqual(quarters.upperRight);
    const turned = await decodeImage(await distortVariant('upside-down', png));
    expect([turned.width, turned.height]).toEqual([40, 20]);
    expect(colourAt(turned, 0.25, 0.25)).toEqual(quarters.upperLeft);
  });

  it('reduces large photos', async () => {
    const large = await encoderFor(drawWaves(2048, 512)).jpeg().toBuffer();
    const { width, height } = await decodeImage(await distortVariant('rotated', large));
    expect([width, height]).toEqual([256, 1024]);
  });

  it.each(distortedVariants)('makes the same %s each time', async (variant) => {
    const png = await encoderFor(photo).png().toBuffer();
    expect(await distortVariant(variant, png)).toEqual(await distortVariant(variant, png));
  });

  it('refuses what is no image', async () => {
    await expect(distortVariant('blur', Buffer.from('text'))).rejects.toBeInstanceOf(InvalidArgumentError);
  });
});
