import { defaultImageLimits, type ImageLimits } from './image-limits.ts';
import { decoding, openImage, type OpenedImage } from './open-image.ts';
import { type RgbImage } from './rgb-image.ts';

/**
 * Decodes an image to upright, opaque, 8-bit sRGB pixels at its full size.
 *
 * EXIF rotation is applied; CMYK, grey and 16-bit images are converted; transparent pixels are laid on white; of an
 * animation the first frame is taken.
 *
 * @throws {InvalidArgumentError} when the bytes are not a complete image of an accepted format within `limits`
 */
export async function decodeImage(bytes: Uint8Array, limits: ImageLimits = defaultImageLimits): Promise<RgbImage> {
  return decodeOpened(await openImage(bytes, limits));
}

/** @throws {InvalidArgumentError} when the pixels turn out to be corrupt or cut off */
export function decodeOpened({ header, pipeline }: OpenedImage): Promise<RgbImage> {
  return decoding(header.format, async () => {
    const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
    return { width: info.width, height: info.height, data };
  });
}
