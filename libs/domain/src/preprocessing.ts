/**
 * How an image becomes a backbone's input, exactly. Part of a backbone version: its digest travels with every
 * activation, because the same weights on differently prepared pixels are another model.
 */
export interface Preprocessing {
  /** Pixels, height then width. */
  readonly size: readonly [number, number];
  /** `stretch` resizes to `size` as Keras' generators do, ignoring the aspect ratio; `centre-crop` keeps it. */
  readonly fit: 'stretch' | 'centre-crop';
  /**
   * Of `centre-crop`: how much of the largest centred rectangle is kept along each side, more than 0 and at most 1,
   * which absent means. Resizing to 256 and cropping 224, as torchvision does, keeps 224 / 256.
   */
  readonly cropShare?: number;
  readonly interpolation: 'bilinear' | 'bicubic' | 'nearest';
  readonly channelOrder: 'rgb' | 'bgr';
  /** x' = x · scale − mean, then / std, with x in 0…255 and mean, std in channel order. */
  readonly scale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}
