import { describe, expect, it } from 'vitest';

import fixture from './resample.fixture.json' with { type: 'json' };
import { resample } from './resample.ts';
import { type RgbImage } from './rgb-image.ts';

/** The picture that the oracle's script draws. */
function source(): RgbImage {
  const [width, height] = [37, 23];
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const checker = (Math.floor(x / 5) + Math.floor(y / 4)) % 2 === 1 ? 255 : 0;
      data.set([(x * 7) % 256, checker, (x * 31 + y * 57 + x * y * 13) % 256], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

describe('resample', () => {
  it.each(fixture.cases)('equals Pillow: $interpolation to $width × $height from $box', (reference) => {
    const [left, top, right, bottom] = reference.box;
    const box = { left, top, width: right - left, height: bottom - top };
    const interpolation = reference.interpolation as 'nearest' | 'bilinear' | 'bicubic';
    const { width, height, data } = resample(source(), box, reference.width, reference.height, interpolation);
    expect([width, height]).toEqual([reference.width, reference.height]);
    expect(Buffer.from(data).equals(Buffer.from(reference.pixels, 'base64'))).toBe(true);
  });

  it.each(['nearest', 'bilinear', 'bicubic'] as const)('leaves a flat colour as it is: %s', (interpolation) => {
    const flat = { width: 9, height: 5, data: new Uint8Array(9 * 5 * 3).fill(201) };
    const { data } = resample(flat, { left: 0, top: 0, width: 9, height: 5 }, 31, 3, interpolation);
    expect(new Set(data)).toEqual(new Set([201]));
  });
});
