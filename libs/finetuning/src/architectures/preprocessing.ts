import type { Preprocessing } from '@outsider/domain';

/** Mean of ImageNet's training pixels in the order blue, green, red, as the Caffe models had it; no scaling. */
export function caffePreprocessing(side: number): Preprocessing {
  return {
    size: [side, side],
    fit: 'stretch',
    interpolation: 'bilinear',
    channelOrder: 'bgr',
    scale: 1,
    mean: [103.939, 116.779, 123.68],
    std: [1, 1, 1],
  };
}

/** Values from −1 to 1, as TensorFlow's own models have it. */
export function minusOneToOne(side: number): Preprocessing {
  return {
    size: [side, side],
    fit: 'stretch',
    interpolation: 'bilinear',
    channelOrder: 'rgb',
    scale: 1 / 127.5,
    mean: [1, 1, 1],
    std: [1, 1, 1],
  };
}

/** Pixels divided by 255. */
export function zeroToOne(side: number): Preprocessing {
  return { ...minusOneToOne(side), scale: 1 / 255, mean: [0, 0, 0] };
}
