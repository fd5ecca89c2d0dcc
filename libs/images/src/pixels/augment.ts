import { ShapeError, type Preprocessing } from '@outsider/domain';

import { type AugmentParameters } from './augment-parameters.ts';
import { checkPreprocessing } from './check-preprocessing.ts';
import { checkRgbImage, type RgbImage } from './rgb-image.ts';

/**
 * A photo bent by `parameters`, as a backbone's input.
 *
 * Rotation, shear and zoom about the centre are one affine map and one bilinear interpolation, between whose result
 * and the tensor nothing is rounded. Beyond the edges the nearest pixel is repeated, as Keras' ImageDataGenerator does
 * (libvips' affine, through sharp, could only fill with one colour). About 3 ms for 224 × 224 on one core.
 *
 * @param image shape [height, width, 3] of `preprocessing.size`, from `loadPixels`
 * @returns shape [height, width, 3], channels last, in the order and scale of `preprocessing`
 * @throws {ShapeError} when the image has another size
 */
export function augment(image: RgbImage, parameters: AugmentParameters, preprocessing: Preprocessing): Float32Array {
  checkRgbImage(image);
  checkPreprocessing(preprocessing);
  const { width, height, data } = image;
  const [expectedHeight, expectedWidth] = preprocessing.size;
  if (height !== expectedHeight || width !== expectedWidth) {
    throw new ShapeError('image', [expectedHeight, expectedWidth, 3], [height, width, 3]);
  }
  const { scale, mean, std } = preprocessing;
  const factors = Float64Array.from(std, (deviation) => scale / deviation);
  const shifts = Float64Array.from(mean, (shift, channel) => shift / std[channel]);
  const channelAt = Int32Array.from(preprocessing.channelOrder === 'rgb' ? [0, 1, 2] : [2, 1, 0]);
  const [a, b, c, d] = sourceMap(parameters);
  const lastRow = height - 1;
  const lastColumn = width - 1;
  const centreRow = lastRow / 2;
  const centreColumn = lastColumn / 2;

  const tensor = new Float32Array(height * width * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const u = y - centreRow;
      const v = (parameters.flip ? lastColumn - x : x) - centreColumn;
      const row = clamp(a * u + b * v + centreRow, lastRow);
      const column = clamp(c * u + d * v + centreColumn, lastColumn);
      const top = Math.floor(row);
      const left = Math.floor(column);
      const down = row - top;
      const right = column - left;
      const upperLeft = (top * width + left) * 3;
      const lowerLeft = top < lastRow ? upperLeft + width * 3 : upperLeft;
      const step = left < lastColumn ? 3 : 0;
      const lowerRightWeight = down * right;
      const lowerLeftWeight = down - lowerRightWeight;
      const upperRightWeight = right - lowerRightWeight;
      const upperLeftWeight = 1 - down - upperRightWeight;
      for (let channel = 0; channel < 3; channel++) {
        const upper = upperLeft + channelAt[channel];
        const lower = lowerLeft + channelAt[channel];
        const value =
          data[upper] * upperLeftWeight +
          data[upper + step] * upperRightWeight +
          data[lower] * lowerLeftWeight +
          data[lower + step] * lowerRightWeight;
        tensor[to + channel] = value * factors[channel] - shifts[channel];
      }
    }
  }
  return tensor;
}

/**
 * The matrix [[a, b], [c, d]] that takes (row, column) of the result, from the centre, to the photo's: rotation times
 * shear times zoom, in the order of Keras.
 */
function sourceMap(parameters: AugmentParameters): readonly [number, number, number, number] {
  const { rotationRadians, shearRadians, zoomHeight, zoomWidth } = parameters;
  const [cosine, sine] = [Math.cos(rotationRadians), Math.sin(rotationRadians)];
  const [shearSine, shearCosine] = [Math.sin(shearRadians), Math.cos(shearRadians)];
  return [
    cosine * zoomHeight,
    (-cosine * shearSine - sine * shearCosine) * zoomWidth,
    sine * zoomHeight,
    (-sine * shearSine + cosine * shearCosine) * zoomWidth,
  ];
}

function clamp(position: number, last: number): number {
  return position < 0 ? 0 : position > last ? last : position;
}
