import sharp from 'sharp';
import { createRandom } from '@outsider/linalg';

const width = 500;
const height = 375;
const grain = 4;

/** JPEGs of the size and weight of common photos (500 × 375, some 40 kB), drawn from a seed: no download is needed. */
export async function drawPhotos(count: number, seed: number): Promise<Buffer[]> {
  const random = createRandom(seed);
  const photos: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const [columns, rows] = [Math.ceil(width / grain), Math.ceil(height / grain)];
    const cells = Uint8Array.from({ length: columns * rows * 3 }, () => Math.floor(random.next() * 256));
    photos.push(
      await sharp(cells, { raw: { width: columns, height: rows, channels: 3 } })
        .resize(width, height, { kernel: 'cubic', fit: 'fill' })
        .jpeg({ quality: 85 })
        .toBuffer(),
    );
  }
  return photos;
}
