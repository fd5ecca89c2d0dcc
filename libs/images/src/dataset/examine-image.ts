import { createHash } from 'node:crypto';

import { type Digest } from '@outsider/domain';

import { defaultImageLimits, type ImageLimits } from '../pixels/image-limits.ts';
import { decoding, openImage } from '../pixels/open-image.ts';
import { type ImageFormat } from '../pixels/sniff-format.ts';

/** A photo that decodes from its first to its last pixel. */
export interface ExaminedImage {
  /** Of the encoded bytes. */
  readonly sha256: Digest;
  /** Size of the encoded file. */
  readonly bytes: number;
  readonly format: ImageFormat;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** 64 bits as 16 hex digits that hardly change when a photo is resized or compressed again; null for flat images. */
  readonly fingerprint: string | null;
}

/**
 * Decodes all of an image, to learn whether that works, and describes it.
 *
 * The fingerprint is the difference hash: one bit for each of 8 × 8 neighbours in a 9 × 8 grey thumbnail, whether the
 * right one is brighter.
 *
 * @throws {InvalidArgumentError} when the bytes are not a complete image of an accepted format within `limits`
 * @see Krawetz 2013, Kind of Like That, https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
 */
export async function examineImage(
  bytes: Uint8Array,
  limits: ImageLimits = defaultImageLimits,
): Promise<ExaminedImage> {
  const { header, pipeline } = await openImage(bytes, limits);
  const thumbnail = await decoding(header.format, () =>
    pipeline.resize(9, 8, { fit: 'fill', kernel: 'cubic' }).greyscale().raw({ depth: 'uchar' }).toBuffer(),
  );
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, bytes: bytes.length, ...header, fingerprint: fingerprintOf(thumbnail) };
}

/** @param thumbnail shape [8, 9], grey */
function fingerprintOf(thumbnail: Uint8Array): string | null {
  // Without contrast every bit would be chance.
  if (Math.max(...thumbnail) - Math.min(...thumbnail) < 16) return null;
  let digits = '';
  for (let y = 0; y < 8; y++) {
    let row = 0;
    for (let x = 0; x < 8; x++) row = (row << 1) | Number(thumbnail[y * 9 + x + 1] > thumbnail[y * 9 + x]);
    digits += row.toString(16).padStart(2, '0');
  }
  return digits;
}
