import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

const size = 48;

/** What a drawn photo shows. Two are classes, the others irrelevant. */
export type Motif = 'embers' | 'waves' | 'meadow' | 'tiles';

type Colour = readonly [number, number, number];

/** Colour at a place, x and y in 0…1. */
type Painter = (x: number, y: number, random: () => number) => Colour;

/** Each drawing has its own painter, so that no two photos of a motif are the same or nearly. */
const motifs: Readonly<Record<Motif, (random: () => number) => Painter>> = {
  embers: (random) => {
    const spots = Array.from({ length: 4 }, () => ({ x: random(), y: random(), r: 0.1 + 0.2 * random() }));
    return (x, y) => {
      const lit = spots.some((spot) => Math.hypot(x - spot.x, y - spot.y) < spot.r);
      return lit ? [250, 170 + 60 * y, 40] : [150 + 40 * x, 40, 20];
    };
  },
  waves: (random) => {
    const [slope, pace, shift] = [random() * 6 - 3, 8 + 16 * random(), random() * 6];
    return (x, y) => (Math.sin(x * pace + y * slope + shift) > 0 ? [60, 120, 230] : [10, 40, 120 + 60 * y]);
  },
  meadow: (random) => {
    const [a, b] = [random() * 9, random() * 9];
    return (x, y, grain) => [
      60 * grain(),
      120 + 90 * Math.abs(Math.sin(a + x * 13 + Math.cos(b + y * 11) * 3)),
      40 * grain(),
    ];
  },
  tiles: (random) => {
    const [columns, rows, shade] = [2 + Math.floor(random() * 6), 2 + Math.floor(random() * 6), 120 + 100 * random()];
    return (x, y) => ((Math.floor(x * columns) + Math.floor(y * rows)) % 2 ? [shade, shade, shade] : [25, 25, 25]);
  },
};

/** A drawn photo as JPEG; equal seeds give equal bytes. */
export async function drawPhoto(motif: Motif, seed: number): Promise<Buffer> {
  const random = seeded(seed * 7919 + motif.length * 104729 + 1);
  const paint = motifs[motif](random);
  const pixels = Buffer.alloc(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const colour = paint(x / size, y / size, random);
      for (let c = 0; c < 3; c++)
        pixels[(y * size + x) * 3 + c] = Math.max(0, Math.min(255, colour[c]! + 30 * (random() - 0.5)));
    }
  }
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/**
 * A dataset folder of two classes and two irrelevant groups, with one file that is no photo. Enough held-out photos for
 * a certificate at 5 %, which needs 59 for calibration.
 */
export async function drawDataset(folder: string): Promise<void> {
  const parts: [string, Motif, number, number][] = [
    ['train/embers', 'embers', 40, 0],
    ['train/waves', 'waves', 40, 0],
    ['valid/embers', 'embers', 80, 1000],
    ['valid/waves', 'waves', 80, 1000],
    ['irrelevant/meadow', 'meadow', 30, 0],
    ['irrelevant/tiles', 'tiles', 30, 0],
  ];
  for (const [name, motif, photos, first] of parts) {
    await mkdir(path.join(folder, name), { recursive: true });
    for (let i = 0; i < photos; i++)
      await writeFile(path.join(folder, name, `${i}.jpg`), await drawPhoto(motif, first + i));
  }
  await writeFile(path.join(folder, 'train/waves/notes.jpg'), 'these are notes, and no photo');
}

/** Numbers in 0…1 (Park and Miller's generator). */
function seeded(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  for (let i = 0; i < 4; i++) state = (state * 48271) % 2147483647;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
