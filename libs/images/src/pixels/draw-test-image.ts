import sharp, { type Sharp } from 'sharp';

import { type RgbImage } from './rgb-image.ts';

/** Four flat quarters, in an order that tells every rotation and mirroring apart. */
export const quarters = {
  upperLeft: [230, 30, 30],
  upperRight: [30, 200, 30],
  lowerLeft: [30, 30, 220],
  lowerRight: [240, 240, 30],
} as const;

/** Draws the four {@link quarters}: flat, so that lossy formats keep their colours. */
export function drawQuarters(width: number, height: number): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const vertical = y < height / 2 ? 'upper' : 'lower';
      const colour = quarters[`${vertical}${x < width / 2 ? 'Left' : 'Right'}`];
      data.set(colour, (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** Draws smooth waves with some detail, different for every `seed`: something like a photo. */
export function drawWaves(width: number, height: number, seed = 0): RgbImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        const slow = Math.sin((x * (1 + (seed % 5))) / 17 + channel) * Math.cos((y + seed * 3) / 23);
        const fast = Math.sin(x * 1.3 + y * (0.7 + channel) + seed);
        data[i++] = 128 + 90 * slow + 30 * fast;
      }
    }
  }
  return { width, height, data };
}

/** Hands pixels to the encoder. */
export function encoderFor({ width, height, data }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** The colour at a place, with x and y as shares of width and height. */
export function colourAt({ width, height, data }: RgbImage, x: number, y: number): readonly number[] {
  const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
  return [...data.subarray(at, at + 3)];
}
