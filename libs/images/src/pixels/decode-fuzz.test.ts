import { DomainError, InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { createRandom, type Random } from '@outsider/linalg';
import { describe, expect, it } from 'vitest';

import { drawWaves, encoderFor } from './draw-test-image.ts';
import { decodeImage } from './decode-image.ts';
import { preprocess } from './preprocess.ts';

const limits = { maxBytes: 2 ** 20, maxPixels: 10 ** 6 };
const preprocessing: Preprocessing = {
  size: [5, 7],
  fit: 'centre-crop',
  interpolation: 'bilinear',
  channelOrder: 'bgr',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** Flips, overwrites, cuts out or doubles a few bytes. */
function mutate(original: Uint8Array, random: Random): Uint8Array {
  const bytes = Buffer.from(original);
  const at = random.integer(bytes.length);
  switch (random.integer(5)) {
    case 0:
      bytes[at] ^= 1 << random.integer(8);
      return bytes;
    case 1:
      for (let i = 0; i < 1 + random.integer(8); i++) bytes[random.integer(bytes.length)] = random.integer(256);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.integer(20)))]);
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.integer(at + 1))]);
  }
}

describe('decoding hostile bytes', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)(
    '%s: an image or one clear refusal',
    async (format) => {
      const random = createRandom(format.length * 1000 + format.charCodeAt(0));
      const original = await encoderFor(drawWaves(33, 21)).withMetadata({ orientation: 6 }).toFormat(format).toBuffer();
      const outcomes = { images: 0, refusals: 0 };
      for (let round = 0; round < 400; round++) {
        const bytes = mutate(original, random);
        try {
          const { width, height, data } = await decodeImage(bytes, limits);
          expect(data.length).toBe(width * height * 3);
          // What decodes whole also decodes on the way to a tensor; every fourth is enough to see it.
          if (round % 4 === 0) expect((await preprocess(bytes, preprocessing, limits)).length).toBe(5 * 7 * 3);
          outcomes.images++;
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
          expect(error).toBeInstanceOf(InvalidArgumentError);
          expect((error as Error).message).toMatch(/expected/);
          outcomes.refusals++;
        }
      }
      // Both must happen, or the mutations are too weak or too strong to test anything.
      expect(outcomes.images).toBeGreaterThan(10);
      expect(outcomes.refusals).toBeGreaterThan(100);
    },
    60_000,
  );
});
