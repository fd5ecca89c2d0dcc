import { InvalidArgumentError } from '@outsider/domain';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { crc32 } from 'node:zlib';

import { decodeImage } from './decode-image.ts';
import { colourAt, drawQuarters, drawWaves, encoderFor, quarters } from './draw-test-image.ts';
import { type RgbImage } from './rgb-image.ts';

const centres = {
  upperLeft: [0.25, 0.25],
  upperRight: [0.75, 0.25],
  lowerLeft: [0.25, 0.75],
  lowerRight: [0.75, 0.75],
};
type Quarter = keyof typeof quarters;

/** Largest difference of any channel at the centres of the four quarters. */
function colourError(image: RgbImage, expected: Record<Quarter, readonly number[]>): number {
  const names = Object.keys(centres) as Quarter[];
  return Math.max(
    ...names.flatMap((name) => {
      const colour = colourAt(image, centres[name][0], centres[name][1]);
      return colour.map((value, channel) => Math.abs(value - expected[name][channel]));
    }),
  );
}

const drawing = drawQuarters(48, 32);
function draw() {
  return encoderFor(drawing);
}

describe('decodeImage, what it accepts', () => {
  it.each([
    ['JPEG', () => draw().jpeg({ quality: 95 }), 6],
    ['progressive JPEG', () => draw().jpeg({ quality: 95, progressive: true }), 6],
    ['PNG', () => draw().png(), 0],
    ['PNG with a palette', () => draw().png({ palette: true }), 6],
    ['16-bit PNG', () => draw().toColourspace('rgb16').png(), 0],
    ['lossless WebP', () => draw().webp({ lossless: true }), 0],
    ['WebP', () => draw().webp({ quality: 95 }), 12],
    ['GIF', () => draw().gif(), 6],
    ['TIFF', () => draw().tiff({ compression: 'lzw' }), 0],
    ['16-bit TIFF', () => draw().toColourspace('rgb16').tiff({ compression: 'lzw' }), 0],
  ] as const)('%s keeps its colours', async (_, encode, tolerance) => {
    const image = await decodeImage(await encode().toBuffer());
    expect([image.width, image.height, image.data.length]).toEqual([48, 32, 48 * 32 * 3]);
    expect(colourError(image, quarters)).toBeLessThanOrEqual(tolerance);
  });

  it('brings CMYK back to RGB', async () => {
    const pale = { width: 16, height: 16, data: new Uint8Array(16 * 16 * 3).map((_, i) => [200, 150, 120][i % 3]) };
    const cmyk = await encoderFor(pale).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const colour = colourAt(await decodeImage(cmyk), 0.5, 0.5);
    colour.forEach((value, channel) => expect(Math.abs(value - [200, 150, 120][channel])).toBeLessThanOrEqual(6));
  });

  it.each([
    ['8 bits', 'b-w'],
    ['16 bits', 'grey16'],
  ])('makes grey of %s into three equal channels', async (_, space) => {
    const grey = { width: 8, height: 8, data: new Uint8Array(8 * 8 * 3).fill(77) };
    const bytes = await encoderFor(grey).toColourspace(space).png().toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    const image = await decodeImage(bytes);
    expect(image.data.length).toBe(8 * 8 * 3);
    expect(new Set(image.data)).toEqual(new Set([77]));
  });

  it('lays transparency on white', async () => {
    const create = { width: 5, height: 4, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } as const;
    const half = await decodeImage(await sharp({ create }).png().toBuffer());
    expect(half.data.length).toBe(5 * 4 * 3);
    const [red, green, blue] = colourAt(half, 0.5, 0.5);
    expect(red).toBe(255);
    expect(Math.abs(green - 127.5)).toBeLessThan(1.5);
    expect(blue).toBe(green);
    const nothing = { ...create, background: { r: 255, g: 0, b: 0, alpha: 0 } };
    const clear = await decodeImage(await sharp({ create: nothing }).gif().toBuffer());
    expect(colourAt(clear, 0.5, 0.5)).toEqual([255, 255, 255]);
  });

  it.each(['gif', 'webp'] as const)('takes the first frame of an animated %s', async (format) => {
    const frames = new Uint8Array(3 * 6 * 8 * 3).map((_, i) => [250, 120, 10][Math.floor(i / (6 * 8 * 3))]);
    const strip = sharp(frames, { raw: { width: 8, height: 18, channels: 3, pageHeight: 6 } });
    const bytes = await (format === 'gif' ? strip.gif() : strip.webp({ lossless: true })).toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(3);
    const image = await decodeImage(bytes);
    expect([image.width, image.height]).toEqual([8, 6]);
    expect(new Set(image.data)).toEqual(new Set([250]));
  });

  // Which quarter of the stored pixels each EXIF orientation shows at [upper left, upper right, lower left, lower right].
  it.each([
    [1, ['upperLeft', 'upperRight', 'lowerLeft', 'lowerRight']],
    [2, ['upperRight', 'upperLeft', 'lowerRight', 'lowerLeft']],
    [3, ['lowerRight', 'lowerLeft', 'upperRight', 'upperLeft']],
    [4, ['lowerLeft', 'lowerRight', 'upperLeft', 'upperRight']],
    [5, ['upperLeft', 'lowerLeft', 'upperRight', 'lowerRight']],
    [6, ['lowerLeft', 'upperLeft', 'lowerRight', 'upperRight']],
    [7, ['lowerRight', 'upperRight', 'lowerLeft', 'upperLeft']],
    [8, ['upperRight', 'lowerRight', 'upperLeft', 'lowerLeft']],
  ] as const)('turns EXIF orientation %i upright', async (orientation, [a, b, c, d]) => {
    const bytes = await draw().withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const image = await decodeImage(bytes);
    expect([image.width, image.height]).toEqual(orientation < 5 ? [48, 32] : [32, 48]);
    const upright = {
      upperLeft: quarters[a],
      upperRight: quarters[b],
      lowerLeft: quarters[c],
      lowerRight: quarters[d],
    };
    expect(colourError(image, upright)).toBeLessThanOrEqual(6);
  });

  it('accepts a single pixel', async () => {
    const dot = { width: 1, height: 1, data: Uint8Array.of(9, 99, 199) };
    expect([...(await decodeImage(await encoderFor(dot).png().toBuffer())).data]).toEqual([9, 99, 199]);
  });
});

describe('decodeImage, what it refuses', () => {
  async function refusal(bytes: Uint8Array, limits?: Parameters<typeof decodeImage>[1]): Promise<InvalidArgumentError> {
    const error = await decodeImage(bytes, limits).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InvalidArgumentError);
    return error as InvalidArgumentError;
  }

  it('a PNG of 20,000 × 20,000 pixels, from its header', async () => {
    const error = await refusal(withPngSize(await draw().png().toBuffer(), 20_000, 20_000));
    expect(error.message).toBe('the image has 20000 × 20000 pixels; expected at most 64000000 pixels in all');
    expect(error.details.reason).toBe('IMAGE_TOO_MANY_PIXELS');
  });

  it('more pixels or bytes than the caller allows, and not one fewer', async () => {
    const bytes = await draw().png().toBuffer();
    const exact = { maxBytes: bytes.length, maxPixels: 48 * 32 };
    expect((await decodeImage(bytes, exact)).width).toBe(48);
    expect((await refusal(bytes, { ...exact, maxPixels: 48 * 32 - 1 })).details.reason).toBe('IMAGE_TOO_MANY_PIXELS');
    const tooLong = await refusal(bytes, { ...exact, maxBytes: bytes.length - 1 });
    expect(tooLong.message).toBe(`the image has ${bytes.length} bytes; expected at most ${bytes.length - 1}`);
  });

  it('an empty file', async () => {
    const error = await refusal(new Uint8Array());
    expect(error.message).toBe('the image is empty (0 bytes); expected a JPEG, PNG, WebP, GIF or TIFF image');
  });

  it.each([
    ['text', () => Buffer.from('file,author\ncat.jpg,somebody\n'), 'found text;'],
    ['HTML', () => Buffer.from('<!doctype html><html></html>'), 'found an HTML or XML document;'],
    [
      'SVG',
      () => Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'found an SVG drawing;',
    ],
    ['PDF', () => Buffer.from('%PDF-1.7\n%âãÏÓ'), 'found a file of type PDF;'],
    ['AVIF', () => draw().avif().toBuffer(), 'found a file of type HEIF, AVIF or video;'],
    ['BMP', () => Buffer.from('424d3a0000000000000036000000280000000100', 'hex'), 'found a file of type BMP;'],
    ['a WAV sound', () => Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), 'found a file of type RIFF;'],
    [
      'noise',
      () => Buffer.from('0102fffe80907f00', 'hex'),
      'found a file that begins with the bytes 0102fffe80907f00;',
    ],
  ])('%s, and says what it is', async (_, make, beginning) => {
    const error = await refusal(await make());
    expect(error.message).toBe(`${beginning} expected a JPEG, PNG, WebP, GIF or TIFF image`);
    expect(error.details.reason).toBe('IMAGE_UNSUPPORTED');
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff'] as const)('a truncated %s, wherever it is cut', async (format) => {
    const bytes = await encoderFor(drawWaves(90, 70)).toFormat(format).toBuffer();
    for (const share of [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
      const error = await refusal(bytes.subarray(0, Math.floor(bytes.length * share)));
      expect(error.message).toMatch(/corrupt or truncated|^found/);
    }
  });

  it('a JPEG whose end marker is missing', async () => {
    const bytes = await encoderFor(drawWaves(90, 70)).jpeg().toBuffer();
    const error = await refusal(bytes.subarray(0, bytes.length - 2));
    expect(error.message).toBe(
      'the JPEG image is corrupt or truncated (VipsJpeg: premature end of JPEG image); expected a complete image',
    );
    expect(error.details.reason).toBe('IMAGE_CORRUPT');
  });

  it('a PNG with a flipped bit in its pixels', async () => {
    const bytes = await encoderFor(drawWaves(90, 70)).png().toBuffer();
    bytes[Math.floor(bytes.length / 2)] ^= 4;
    expect((await refusal(bytes)).details.reason).toBe('IMAGE_CORRUPT');
  });
});

/** The same file, but with another size in its header (and the checksum that goes with it). */
function withPngSize(png: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}
