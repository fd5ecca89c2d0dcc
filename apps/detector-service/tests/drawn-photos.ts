import { createRandom } from '@outsider/linalg';
import { crc32, deflateSync } from 'node:zlib';

const size = 40;

/** What can be drawn; each photo differs from the others by its own number. */
export type Motif = 'stripes' | 'disc' | 'noise' | 'chequers';

/** A drawn photo as PNG. Equal numbers give equal photos. */
export function drawPhoto(motif: Motif, number: number): Buffer {
  const { next: random } = createRandom(number * 7919 + motif.length);
  const [hue, shift, scale] = [random() * 40, random() * 6, 0.8 + random() * 0.4];
  return encodePng((x, y) => {
    const grain = random() * 12;
    switch (motif) {
      case 'stripes':
        return [200 + grain, 90 + hue + 60 * Math.sin((x + shift) * scale), 40 + grain];
      case 'disc': {
        const inside = Math.hypot(x - size / 2 - shift, y - size / 2) < 12 * scale;
        return inside ? [30 + grain, 60 + hue, 220] : [20 + grain, 150 + hue, 60];
      }
      case 'noise':
        return [random() * 255, random() * 255, random() * 255];
      case 'chequers':
        return (Math.floor(x / 4) + Math.floor((y + shift) / 4)) % 2 ? [250, 250, 250 - hue] : [5, 5 + hue, 5];
    }
  });
}

function encodePng(pixel: (x: number, y: number) => readonly [number, number, number]): Buffer {
  const stride = 1 + size * 3;
  const rows = Buffer.alloc(size * stride);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      rows.set(
        pixel(x, y).map((value) => Math.max(0, Math.min(255, Math.round(value)))),
        y * stride + 1 + x * 3,
      );
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2], 8); // 8 bits, RGB
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
