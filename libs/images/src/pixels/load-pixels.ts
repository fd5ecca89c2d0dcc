import { type Preprocessing } from '@outsider/domain';

import { checkPreprocessing } from './check-preprocessing.ts';
import { decodeOpened } from './decode-image.ts';
import { defaultImageLimits, type ImageLimits } from './image-limits.ts';
import { openImage, type OpenedImage } from './open-image.ts';
import { resample, type Box } from './resample.ts';
import { type RgbImage } from './rgb-image.ts';

/** A photo at least this many times larger than the target on both axes is reduced by the decoder first. */
const reduceFrom = 4;
/** How many times larger than the target the decoder leaves it. */
const reduceTo = 2;

/**
 * Decodes an image and resizes it to the size of `preprocessing`: everything but the arithmetic on values.
 *
 * Photos of up to four times the target size are resized from all their pixels, exactly as {@link resample} says.
 * Larger ones are first reduced by the decoder, to at least twice the target size, in a quarter of the time. On photos
 * of 12 million pixels that changes values by 0.3 on average, JPEG at quality 90 by 1 to 2; where the size is no
 * multiple of the decoder's step, positions shift by up to a tenth of a target pixel. `nearest` is always exact.
 *
 * @returns shape [height, width, 3] of `preprocessing.size`
 * @throws {InvalidArgumentError} when the bytes are not a complete image of an accepted format within `limits`, or
 *   `preprocessing` makes no sense
 */
export async function loadPixels(
  bytes: Uint8Array,
  preprocessing: Preprocessing,
  limits: ImageLimits = defaultImageLimits,
): Promise<RgbImage> {
  checkPreprocessing(preprocessing);
  const [height, width] = preprocessing.size;
  const opened = await openImage(bytes, limits);
  const image = await decodeReduced(opened, preprocessing);
  return resample(image, cropBox(image, preprocessing), width, height, preprocessing.interpolation);
}

/** The part of the image that becomes the input: all of it, or a centred rectangle of the target's shape. */
function cropBox(image: { width: number; height: number }, { fit, size, cropShare = 1 }: Preprocessing): Box {
  const [targetHeight, targetWidth] = size;
  if (fit === 'stretch') return { left: 0, top: 0, width: image.width, height: image.height };
  const scale = cropShare * Math.min(image.width / targetWidth, image.height / targetHeight);
  const [width, height] = [targetWidth * scale, targetHeight * scale];
  return { left: (image.width - width) / 2, top: (image.height - height) / 2, width, height };
}

function decodeReduced({ header, pipeline }: OpenedImage, preprocessing: Preprocessing): Promise<RgbImage> {
  const [targetHeight, targetWidth] = preprocessing.size;
  const box = cropBox(header, preprocessing);
  const factor = Math.min(box.width / targetWidth, box.height / targetHeight);
  if (preprocessing.interpolation !== 'nearest' && factor >= reduceFrom) {
    const by = Math.floor(factor / reduceTo);
    const [width, height] = [Math.ceil(header.width / by), Math.ceil(header.height / by)];
    pipeline.resize(width, height, { fit: 'fill', kernel: 'cubic' });
  }
  return decodeOpened({ header, pipeline });
}
