import sharp from 'sharp';

import { decodeOpened } from './decode-image.ts';
import { defaultImageLimits, type ImageLimits } from './image-limits.ts';
import { openImage } from './open-image.ts';
import { randomFor } from './random-for.ts';

/** Images that show nothing at all: a detector should call them novel. */
export const drawnVariants = ['blank', 'noise'] as const;
export type DrawnVariant = (typeof drawnVariants)[number];

/**
 * Photos whose subject stays what it was, under worse conditions: of in-distribution photos they show how the
 * false-alarm rate rises under covariate shift.
 */
export const distortedVariants = ['blur', 'dark', 'strong-jpeg', 'rotated', 'upside-down'] as const;
export type DistortedVariant = (typeof distortedVariants)[number];

/** Pixels of a drawn image on each side. */
const drawnSide = 256;
/** Larger photos are reduced first: a backbone sees far less, and encoding would take seconds. */
const longestSide = 1024;
/** Standard deviation of the blur, as a share of the shorter side: a face can no longer be recognised. */
const blurShare = 0.04;
/** What is left of the light: a dim room at night. */
const darkFactor = 0.12;
/** Blocks of 8 × 8 pixels with hardly more than their mean colour. */
const strongJpegQuality = 5;

/**
 * Draws an image without content: one random colour (`blank`) or independent random values (`noise`).
 *
 * @returns a PNG; the same pixels for the same seed
 */
export function drawVariant(variant: DrawnVariant, seed: number): Promise<Buffer> {
  const random = randomFor('variant', variant, seed);
  const data = new Uint8Array(drawnSide * drawnSide * 3);
  const colour = Array.from({ length: 3 }, () => random.integer(256));
  for (let i = 0; i < data.length; i++) data[i] = variant === 'blank' ? colour[i % 3] : random.integer(256);
  return sharp(data, { raw: { width: drawnSide, height: drawnSide, channels: 3 } })
    .png()
    .toBuffer();
}

/**
 * Distorts a photo. The result depends on the photo alone, and passes through the same decoding as any upload.
 *
 * @returns a PNG, or for `strong-jpeg` a JPEG
 * @throws {InvalidArgumentError} when the bytes are not a complete image of an accepted format within `limits`
 */
export async function distortVariant(
  variant: DistortedVariant,
  bytes: Uint8Array,
  limits: ImageLimits = defaultImageLimits,
): Promise<Buffer> {
  const { header, pipeline } = await openImage(bytes, limits);
  pipeline.resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true });
  const { width, height, data } = await decodeOpened({ header, pipeline });
  const photo = sharp(data, { raw: { width, height, channels: 3 } });
  switch (variant) {
    case 'blur':
      return photo
        .blur(Math.max(1, blurShare * Math.min(width, height)))
        .png()
        .toBuffer();
    case 'dark':
      return photo.linear(darkFactor, 0).png().toBuffer();
    case 'strong-jpeg':
      return photo.jpeg({ quality: strongJpegQuality }).toBuffer();
    case 'rotated':
      return photo.rotate(90).png().toBuffer();
    case 'upside-down':
      return photo.rotate(180).png().toBuffer();
  }
}
