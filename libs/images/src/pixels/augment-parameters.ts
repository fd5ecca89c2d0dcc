import { InvalidArgumentError } from '@outsider/domain';

import { randomFor } from './random-for.ts';

/** How far training photos are bent at random. Zero, or false, leaves that out. */
export interface AugmentRanges {
  /** Uniform in ± this. */
  readonly rotationDegrees: number;
  /** Uniform in ± this. */
  readonly shearRadians: number;
  /** Height and width are scaled apart, each uniform in 1 ± this; a factor above one shows more than the photo. */
  readonly zoom: number;
  /** Mirrors every other photo. */
  readonly horizontalFlip: boolean;
}

/**
 * The tutorial's settings of Keras' ImageDataGenerator. Its shear of 0.2 is taken in radians, as Keras did when it was
 * written; later versions read the same number as degrees, which is next to nothing.
 */
export const tutorialAugmentation: AugmentRanges = {
  rotationDegrees: 30,
  shearRadians: 0.2,
  zoom: 0.2,
  horizontalFlip: true,
};

/** One bending of one photo. */
export interface AugmentParameters {
  readonly rotationRadians: number;
  readonly shearRadians: number;
  readonly zoomHeight: number;
  readonly zoomWidth: number;
  readonly flip: boolean;
}

/**
 * The bending of one photo in one epoch: the same for the same arguments, in whatever order photos are asked for.
 *
 * @param item names the photo, for instance by its content hash
 * @throws {InvalidArgumentError} when a range is negative or turns photos inside out
 */
export function augmentParameters(seed: number, epoch: number, item: string, ranges: AugmentRanges): AugmentParameters {
  const { rotationDegrees, shearRadians, zoom, horizontalFlip } = ranges;
  check('rotation', rotationDegrees, 180, 'degrees');
  check('shear', shearRadians, 1.5, 'radians');
  check('zoom', zoom, 0.99, '');
  const random = randomFor('augment', seed, epoch, item);
  function within(range: number): number {
    return 2 * random.next() * range - range;
  }
  // Every number is drawn whether it is used or not, so that one range does not change what another gives.
  return {
    rotationRadians: (within(rotationDegrees) * Math.PI) / 180,
    shearRadians: within(shearRadians),
    zoomHeight: 1 + within(zoom),
    zoomWidth: 1 + within(zoom),
    flip: random.next() < 0.5 && horizontalFlip,
  };
}

function check(name: string, value: number, most: number, unit: string): void {
  if (value >= 0 && value <= most) return;
  throw new InvalidArgumentError(`augmentation ${name}: expected 0 to ${most} ${unit}`.trimEnd() + `, got ${value}`);
}
