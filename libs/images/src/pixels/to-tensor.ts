import { ShapeError, type Preprocessing } from '@outsider/domain';

import { checkPreprocessing } from './check-preprocessing.ts';
import { checkRgbImage, type RgbImage } from './rgb-image.ts';

/**
 * The arithmetic of `preprocessing` on pixels that already have its size: (x · scale − mean) / std, in channel order.
 *
 * @param image shape [height, width, 3] of `preprocessing.size`
 * @returns shape [height, width, 3], row by row, channels last
 * @throws {ShapeError} when the image has another size
 */
export function toTensor(image: RgbImage, preprocessing: Preprocessing): Float32Array {
  checkRgbImage(image);
  const [height, width] = preprocessing.size;
  if (image.height !== height || image.width !== width) {
    throw new ShapeError('image', [height, width, 3], [image.height, image.width, 3]);
  }
  const { data } = image;
  const [first, second, third] = channelTables(preprocessing);
  const [firstAt, thirdAt] = preprocessing.channelOrder === 'rgb' ? [0, 2] : [2, 0];
  const tensor = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    tensor[i] = first[data[i + firstAt]];
    tensor[i + 1] = second[data[i + 1]];
    tensor[i + 2] = third[data[i + thirdAt]];
  }
  return tensor;
}

/** What each of the 256 values of a pixel becomes, for each of the three output channels. */
export function channelTables(preprocessing: Preprocessing): readonly Float32Array[] {
  checkPreprocessing(preprocessing);
  const { scale, mean, std } = preprocessing;
  return mean.map((shift, channel) => Float32Array.from({ length: 256 }, (_, x) => (x * scale - shift) / std[channel]));
}
