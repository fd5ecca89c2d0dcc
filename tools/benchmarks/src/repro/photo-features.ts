import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeNpy, encodeNpy } from '@outsider/artifacts';
import { exportBackbone, fetchBackboneWeights, getArchitecture, type FetchedWeights } from '@outsider/finetuning';
import { preprocess, preprocessingDigest, scanDatasetFolder, type DatasetEntry } from '@outsider/images';
import { openSession } from '@outsider/inference';
import type { Matrix } from '@outsider/linalg';

/** A folder of photos as the frozen backbone sees it: row i of `pooled` is entry i. */
export interface PhotoFeatures {
  readonly entries: readonly DatasetEntry[];
  readonly pooled: Matrix;
}

const batchSize = 16;

/** Pooled features of every photo of a dataset folder under ImageNet weights, kept in the cache between calls. */
export async function readPhotoFeatures(
  folder: string,
  architectureName: string,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<PhotoFeatures> {
  const { entries } = await scanDatasetFolder(folder);
  const fetched = await fetchBackboneWeights(getArchitecture(architectureName), {
    cacheDir: path.join(cacheDir, 'weights'),
    onNote: onProgress,
  });
  const { architecture, source } = fetched;
  onProgress(`  weights: ${source}`);
  const photos = await Promise.all(entries.map((entry) => readFile(path.join(folder, entry.path))));
  const hash = createHash('sha256').update(architectureName).update(preprocessingDigest(architecture.preprocessing));
  hash.update(source);
  for (const photo of photos) hash.update(createHash('sha256').update(photo).digest());
  const file = path.join(cacheDir, 'features', `repro-${hash.digest('hex').slice(0, 32)}.npy`);
  const pooled = readCached(file) ?? (await computeFeatures(photos, fetched, onProgress));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, encodeNpy({ shape: [pooled.rows, pooled.cols], data: pooled.data }));
  return { entries, pooled };
}

function readCached(file: string): Matrix | undefined {
  try {
    const { shape, data } = decodeNpy(readFileSync(file));
    return { rows: shape[0], cols: shape[1], data: data as Float32Array };
  } catch {
    return undefined;
  }
}

async function computeFeatures(
  photos: readonly Uint8Array[],
  { architecture, weights }: FetchedWeights,
  onProgress: (line: string) => void,
): Promise<Matrix> {
  const session = await openSession(exportBackbone(architecture, weights));
  const data = new Float32Array(photos.length * architecture.features);
  const [height, width] = architecture.preprocessing.size;
  for (let first = 0; first < photos.length; first += batchSize) {
    const batch = photos.slice(first, first + batchSize);
    const tensors = await Promise.all(batch.map((photo) => preprocess(photo, architecture.preprocessing)));
    const images = new Float32Array(batch.length * height * width * 3);
    tensors.forEach((tensor, i) => images.set(tensor, i * height * width * 3));
    const { pooled } = await session.run(images, batch.length, ['pooled']);
    if (pooled) data.set(pooled, first * architecture.features);
    if (first % 320 === 0) onProgress(`  ${first} of ${photos.length} photos`);
  }
  await session.close();
  return { rows: photos.length, cols: architecture.features, data };
}
