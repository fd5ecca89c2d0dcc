/** The formats that are decoded. Vector, document and HEIF formats never reach a decoder. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff';

export const imageFormats: readonly ImageFormat[] = ['jpeg', 'png', 'webp', 'gif', 'tiff'];

interface Signature {
  readonly offset: number;
  readonly magic: string;
}

const accepted: readonly (Signature & { readonly format: ImageFormat })[] = [
  { offset: 0, magic: '\xff\xd8\xff', format: 'jpeg' },
  { offset: 0, magic: '\x89PNG\r\n\x1a\n', format: 'png' },
  { offset: 0, magic: 'GIF87a', format: 'gif' },
  { offset: 0, magic: 'GIF89a', format: 'gif' },
  { offset: 0, magic: 'II*\0', format: 'tiff' },
  { offset: 0, magic: 'MM\0*', format: 'tiff' },
];

/** Known strangers, so that a refusal can say what the file is instead of what it is not. */
const strangers: readonly (Signature & { readonly name: string })[] = [
  { offset: 4, magic: 'ftyp', name: 'HEIF, AVIF or video' },
  { offset: 0, magic: '%PDF', name: 'PDF' },
  { offset: 0, magic: 'BM', name: 'BMP' },
  { offset: 0, magic: '8BPS', name: 'Photoshop' },
  { offset: 0, magic: '\0\0\x01\0', name: 'icon' },
  { offset: 0, magic: '\xff\x0a', name: 'JPEG XL' },
  { offset: 0, magic: '\0\0\0\x0cJXL ', name: 'JPEG XL' },
  { offset: 0, magic: '\0\0\0\x0cjP  ', name: 'JPEG 2000' },
  { offset: 0, magic: 'PK\x03\x04', name: 'ZIP' },
  { offset: 0, magic: '\x1f\x8b', name: 'gzip' },
  { offset: 0, magic: 'RIFF', name: 'RIFF' },
];

/** The format that the first bytes announce; undefined when it is none of ours. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  // WebP is the only one whose signature is in two places, around a length.
  if (startsWith(bytes, { offset: 0, magic: 'RIFF' }) && startsWith(bytes, { offset: 8, magic: 'WEBP' })) return 'webp';
  return accepted.find((signature) => startsWith(bytes, signature))?.format;
}

/** What a refused file seems to be, in words for its owner. */
export function describeStranger(bytes: Uint8Array): string {
  const name = strangers.find((signature) => startsWith(bytes, signature))?.name;
  if (name !== undefined) return `a file of type ${name}`;
  const start = Buffer.from(bytes.subarray(0, 512));
  const text = start.toString('latin1').trimStart().toLowerCase();
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) return 'an SVG drawing';
  if (text.startsWith('<')) return 'an HTML or XML document';
  if (start.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d))) return 'text';
  return `a file that begins with the bytes ${start.subarray(0, 8).toString('hex')}`;
}

function startsWith(bytes: Uint8Array, { offset, magic }: Signature): boolean {
  if (bytes.length < offset + magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false;
  return true;
}
