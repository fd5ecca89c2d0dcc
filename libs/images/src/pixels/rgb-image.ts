import { ShapeError } from '@outsider/domain';

/** Decoded pixels: sRGB, 8 bits a channel, upright, opaque. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** Row by row, red green blue: shape [height, width, 3], values 0…255. */
  readonly data: Uint8Array;
}

/** @throws {ShapeError} when `data` does not hold height × width × 3 values */
export function checkRgbImage({ width, height, data }: RgbImage): void {
  if (data.length !== width * height * 3) throw new ShapeError('RGB image', [height, width, 3], [data.length]);
}
