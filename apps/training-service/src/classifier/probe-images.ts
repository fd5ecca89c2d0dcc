import type { Preprocessing } from '@outsider/domain';
import { toTensor } from '@outsider/images';

/**
 * Pictures that are neither flat nor pure noise, prepared as photos are; equal arguments give equal pictures, and no
 * two of them are alike.
 *
 * @returns shape [count, height, width, 3]
 */
export function probeImages(preprocessing: Preprocessing, count: number): Float32Array {
  const [height, width] = preprocessing.size;
  const images = new Float32Array(count * height * width * 3);
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array(height * width * 3);
    for (let at = 0; at < data.length; at++) {
      const [x, y, channel] = [Math.floor(at / 3) % width, Math.floor(at / (3 * width)), at % 3];
      const wave = Math.sin((x * (1 + i)) / 17 + channel) + Math.cos(y / (11 + i) - channel);
      const noise = (Math.imul(at + 1 + i * data.length, 2654435761) >>> 0) / 2 ** 32;
      data[at] = 128 + 45 * wave + 30 * (noise - 0.5);
    }
    images.set(toTensor({ width, height, data }, preprocessing), i * data.length);
  }
  return images;
}

/** Images [n, h, w, 3] as [n, 3, h, w]. */
export function toChannelsFirst(images: Float32Array, [height, width]: readonly [number, number]): Float32Array {
  const pixels = height * width;
  const turned = new Float32Array(images.length);
  for (let from = 0; from < images.length; from += 3 * pixels) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        turned[from + channel * pixels + pixel] = images[from + pixel * 3 + channel];
      }
    }
  }
  return turned;
}
