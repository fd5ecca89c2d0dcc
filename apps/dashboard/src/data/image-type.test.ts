import { expect, it } from 'vitest';
import { imageTypeOf } from './image-type.ts';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

it('knows what browsers can show by its first bytes', () => {
  expect(imageTypeOf(bytes('\xff\xd8\xff\xe0JFIF'))).toBe('image/jpeg');
  expect(imageTypeOf(bytes('\x89PNG\r\n\x1a\n....'))).toBe('image/png');
  expect(imageTypeOf(bytes('GIF89a'))).toBe('image/gif');
  expect(imageTypeOf(bytes('RIFF\x01\x02\x03\x04WEBPVP8 '))).toBe('image/webp');
});

it('serves nothing that could run, nor half a signature', () => {
  expect(imageTypeOf(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBeUndefined();
  expect(imageTypeOf(bytes('<html>'))).toBeUndefined();
  expect(imageTypeOf(bytes('\x89PN'))).toBeUndefined();
  expect(imageTypeOf(bytes(''))).toBeUndefined();
});
