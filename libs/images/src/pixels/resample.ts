import { type Preprocessing } from '@outsider/domain';

import { type RgbImage } from './rgb-image.ts';

/** A rectangle of an image, in pixels from its upper left corner; its edges may lie between pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

type Interpolation = Preprocessing['interpolation'];

interface Kernel {
  readonly support: number;
  at(distance: number): number;
}

const kernels: Record<Exclude<Interpolation, 'nearest'>, Kernel> = {
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: keys },
};

/** Digits of a weight after the binary point: beside them a 32-bit sum still holds 8 bits of a pixel and the sign. */
const weightBits = 22;
const half = 1 << (weightBits - 1);

/** Which source pixels make one target pixel, along one axis. */
interface Taps {
  /** First source pixel of each target pixel, and how many follow. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** [targets, stride] fixed-point weights. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/**
 * Resizes `box` of an image to `width` × `height` pixels.
 *
 * Agrees with Pillow's `Image.resize(size, resample, box)` to the bit: separable, horizontal pass first and rounded to
 * 8 bits, pixel centres at half-integers, the kernel widened when shrinking so that nothing aliases, cut off and
 * renormalised at the edges, weights in fixed point. libvips does not do this work because its result shifts with the
 * scale and may change with its version, while a backbone's preprocessing has to stay what it was.
 *
 * @returns shape [height, width, 3]
 */
export function resample(image: RgbImage, box: Box, width: number, height: number, how: Interpolation): RgbImage {
  if (how === 'nearest') return pickNearest(image, box, width, height);
  const columns = weigh(box.left, box.width, image.width, width, kernels[how]);
  const rows = weigh(box.top, box.height, image.height, height, kernels[how]);
  const firstRow = rows.starts[0];
  const lastRow = rows.starts[height - 1] + rows.counts[height - 1];
  const narrowed = resampleRows(image, firstRow, lastRow, columns);
  const { buffer } = resampleColumns(narrowed, firstRow, width * 3, rows);
  return { width, height, data: new Uint8Array(buffer) };
}

/** The source rows `firstRow` … `lastRow` − 1, each resized to the targets of `taps`. */
function resampleRows(image: RgbImage, firstRow: number, lastRow: number, taps: Taps): Uint8ClampedArray {
  const { starts, counts, weights, stride } = taps;
  const source = image.data;
  const target = new Uint8ClampedArray((lastRow - firstRow) * starts.length * 3);
  let to = 0;
  for (let y = firstRow; y < lastRow; y++) {
    for (let x = 0; x < starts.length; x++) {
      let from = (y * image.width + starts[x]) * 3;
      let red = half;
      let green = half;
      let blue = half;
      const end = x * stride + counts[x];
      for (let k = x * stride; k < end; k++, from += 3) {
        const weight = weights[k];
        red = (red + Math.imul(source[from], weight)) | 0;
        green = (green + Math.imul(source[from + 1], weight)) | 0;
        blue = (blue + Math.imul(source[from + 2], weight)) | 0;
      }
      target[to] = red >> weightBits;
      target[to + 1] = green >> weightBits;
      target[to + 2] = blue >> weightBits;
      to += 3;
    }
  }
  return target;
}

/** Like {@link resampleRows} along the other axis; `source` begins with source row `firstRow`. */
function resampleColumns(
  source: Uint8ClampedArray,
  firstRow: number,
  rowLength: number,
  taps: Taps,
): Uint8ClampedArray {
  const { starts, counts, weights, stride } = taps;
  const target = new Uint8ClampedArray(starts.length * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(half);
    for (let k = 0; k < counts[y]; k++) {
      const weight = weights[y * stride + k];
      const from = (starts[y] - firstRow + k) * rowLength;
      for (let i = 0; i < rowLength; i++) sums[i] += Math.imul(source[from + i], weight);
    }
    for (let i = 0; i < rowLength; i++) target[y * rowLength + i] = sums[i] >> weightBits;
  }
  return target;
}

/** The weights that resize `length` pixels from `offset` of an axis of `sourceSize` pixels to `targetSize`. */
function weigh(offset: number, length: number, sourceSize: number, targetSize: number, kernel: Kernel): Taps {
  const scale = length / targetSize;
  const widening = Math.max(scale, 1);
  const support = kernel.support * widening;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(targetSize);
  const counts = new Int32Array(targetSize);
  const weights = new Int32Array(targetSize * stride);
  const row = new Float64Array(stride);
  for (let target = 0; target < targetSize; target++) {
    const centre = offset + (target + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(sourceSize, Math.trunc(centre + support + 0.5));
    let total = 0;
    for (let i = start; i < end; i++) {
      row[i - start] = kernel.at((i - centre + 0.5) / widening);
      total += row[i - start];
    }
    starts[target] = start;
    counts[target] = end - start;
    for (let k = 0; k < end - start; k++) {
      const weight = (row[k] / total) * 2 ** weightBits;
      weights[target * stride + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
  }
  return { starts, counts, weights, stride };
}

/** Cubic convolution. @see Keys 1981, Cubic convolution interpolation for digital image processing, with a = −1/2 */
function keys(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** Each target pixel is the source pixel under its centre. */
function pickNearest(image: RgbImage, box: Box, width: number, height: number): RgbImage {
  const data = new Uint8Array(height * width * 3);
  const columns = nearestPixels(box.left, box.width, width);
  const rows = nearestPixels(box.top, box.height, height);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * 3;
      data[to++] = image.data[from];
      data[to++] = image.data[from + 1];
      data[to++] = image.data[from + 2];
    }
  }
  return { width, height, data };
}

/** Positions are summed up, not multiplied, so that ties fall where Pillow's do. */
function nearestPixels(offset: number, length: number, targetSize: number): Int32Array {
  const step = length / targetSize;
  const pixels = new Int32Array(targetSize);
  for (let i = 0, position = offset + step * 0.5; i < targetSize; i++, position += step) pixels[i] = position;
  return pixels;
}
