/** What an image may cost before anybody looks at its pixels. Both are checked on the header, before decoding. */
export interface ImageLimits {
  /** Size of the encoded file. */
  readonly maxBytes: number;
  /** Width × height; a decoded image takes three bytes for each. */
  readonly maxPixels: number;
}

/** Lets through the largest photos of phones and cameras in common use, and no decompression bomb. */
export const defaultImageLimits: ImageLimits = { maxBytes: 32 * 2 ** 20, maxPixels: 64_000_000 };
