import { type Preprocessing } from '@outsider/domain';

import { defaultImageLimits, type ImageLimits } from './image-limits.ts';
import { loadPixels } from './load-pixels.ts';
import { toTensor } from './to-tensor.ts';

/**
 * An encoded image as a backbone's input.
 *
 * @returns shape [height, width, 3] of `preprocessing.size`, channels last, in the order of `preprocessing`
 * @throws {InvalidArgumentError} when the bytes are not a complete image of an accepted format within `limits`
 */
export async function preprocess(
  bytes: Uint8Array,
  preprocessing: Preprocessing,
  limits: ImageLimits = defaultImageLimits,
): Promise<Float32Array> {
  return toTensor(await loadPixels(bytes, preprocessing, limits), preprocessing);
}
