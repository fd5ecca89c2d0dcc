import { InvalidArgumentError } from '@outsider/domain';
import sharp, { type Sharp } from 'sharp';

import { defaultImageLimits, type ImageLimits } from './image-limits.ts';
import { describeStranger, sniffFormat, type ImageFormat } from './sniff-format.ts';

/** What the header of an image says. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels, upright: after the EXIF rotation. */
  readonly width: number;
  readonly height: number;
}

/** An image whose header passed every check, and whose pixels nobody has touched yet. */
export interface OpenedImage {
  readonly header: ImageHeader;
  /** Decodes to upright, opaque, 8-bit sRGB. Good for one output. */
  readonly pipeline: Sharp;
}

/** Bounds the work that a small hostile file can ask for, such as thousands of progressive scans. */
const decodeTimeoutSeconds = 60;

const expected = 'expected a JPEG, PNG, WebP, GIF or TIFF image';

/**
 * Checks size, format and header, in that order, and prepares the decoding.
 *
 * The pipeline applies the EXIF rotation, converts CMYK, grey and profiled colours to sRGB and 16 bits to 8, lays
 * transparency on white, and takes the first frame of an animation or the first page of a TIFF.
 *
 * @throws {InvalidArgumentError} when the bytes are empty, too many, not of an accepted format, or their header is
 *   corrupt or announces more pixels than `limits` allow
 */
export async function openImage(bytes: Uint8Array, limits: ImageLimits = defaultImageLimits): Promise<OpenedImage> {
  const format = checkBytes(bytes, limits);
  const { width, height } = await decoding(format, async () => {
    // The pixel limit is ours to report, so the decoder's own is off while only the header is read.
    const metadata = await sharp(bytes, { limitInputPixels: false, failOn: 'warning' }).metadata();
    if (metadata.format !== format) throw new Error(`the decoder took it for ${metadata.format}`);
    return metadata.autoOrient;
  });
  if (width * height > limits.maxPixels) {
    throw new InvalidArgumentError(
      `the image has ${width} × ${height} pixels; expected at most ${limits.maxPixels} pixels in all`,
      { reason: 'IMAGE_TOO_MANY_PIXELS' },
    );
  }
  // "warning" is the strictest level: a truncated JPEG is refused instead of being filled up with grey.
  const pipeline = sharp(bytes, { autoOrient: true, failOn: 'warning', limitInputPixels: limits.maxPixels })
    .timeout({ seconds: decodeTimeoutSeconds })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  return { header: { format, width, height }, pipeline };
}

/** @throws {InvalidArgumentError} when decoding fails: the bytes are then truncated or corrupt */
export async function decoding<T>(format: ImageFormat, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw new InvalidArgumentError(
      `the ${format.toUpperCase()} image is corrupt or truncated (${reasonOf(error)}); expected a complete image`,
      { reason: 'IMAGE_CORRUPT' },
      { cause: error },
    );
  }
}

/** The decoder's first line that tells of the image; which line comes first differs from call to call. */
function reasonOf(error: unknown): string {
  const lines = error instanceof Error ? error.message.split('\n') : [String(error)];
  return lines.find((line) => line.trim() !== '' && !line.startsWith('Warning treated as error')) ?? 'it breaks off';
}

function checkBytes(bytes: Uint8Array, { maxBytes }: ImageLimits): ImageFormat {
  if (bytes.length === 0) {
    throw new InvalidArgumentError(`the image is empty (0 bytes); ${expected}`, { reason: 'IMAGE_EMPTY' });
  }
  if (bytes.length > maxBytes) {
    throw new InvalidArgumentError(`the image has ${bytes.length} bytes; expected at most ${maxBytes}`, {
      reason: 'IMAGE_TOO_MANY_BYTES',
    });
  }
  const format = sniffFormat(bytes);
  if (format === undefined) {
    throw new InvalidArgumentError(`found ${describeStranger(bytes)}; ${expected}`, { reason: 'IMAGE_UNSUPPORTED' });
  }
  return format;
}
