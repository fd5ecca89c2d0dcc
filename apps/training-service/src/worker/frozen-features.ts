import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeNpy, encodeNpy } from '@outsider/artifacts';
import { canonicalJson, CorruptDataError } from '@outsider/domain';
import type { InferenceSession } from '@outsider/inference';
import type { PhotoLoader } from './photo-loader.ts';

/** What the frozen backbone emits for each photo: [photos, dimension] float32. */
export interface FrozenFeatures {
  readonly dimension: number;
  readonly values: Float32Array;
  /** True when an earlier run had computed them. */
  readonly cached: boolean;
}

export interface FeatureRequest {
  readonly contentDigests: readonly string[];
  readonly preprocessingDigest: string;
  readonly weightsDigest: string;
}

const batchSize = 16;

/**
 * The pooled features of photos under frozen weights. They depend on nothing that training changes, so they are kept:
 * a retrain on the same photos starts with the new layers at once.
 */
export async function frozenFeatures(
  session: InferenceSession,
  photos: PhotoLoader,
  cacheDir: string,
  request: FeatureRequest,
  onProgress: (done: number, total: number) => void,
): Promise<FrozenFeatures> {
  const { contentDigests, preprocessingDigest, weightsDigest } = request;
  const name = createHash('sha256')
    .update(canonicalJson({ contentDigests, preprocessingDigest, weightsDigest }))
    .digest('hex');
  const file = path.join(cacheDir, 'features', `${name}.npy`);
  const known = await readCached(file, contentDigests.length);
  if (known) return known;

  const blocks: Float32Array[] = [];
  let next = photos.load(contentDigests.slice(0, batchSize));
  for (let first = 0; first < contentDigests.length; first += batchSize) {
    const images = await next;
    // Decode the next photos while the network looks at these.
    next = photos.load(contentDigests.slice(first + batchSize, first + 2 * batchSize));
    const count = Math.min(batchSize, contentDigests.length - first);
    const { pooled } = await session.run(images, count, ['pooled']);
    if (!pooled) throw new Error('the backbone emits no pooled features');
    blocks.push(pooled);
    onProgress(first + count, contentDigests.length);
  }
  await next;
  const dimension = blocks[0].length / Math.min(batchSize, contentDigests.length);
  const values = new Float32Array(contentDigests.length * dimension);
  let offset = 0;
  for (const block of blocks) {
    values.set(block, offset);
    offset += block.length;
  }
  await writeCached(file, values, dimension);
  return { dimension, values, cached: false };
}

async function readCached(file: string, rows: number): Promise<FrozenFeatures | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch {
    return undefined;
  }
  try {
    const { shape, data } = decodeNpy(bytes);
    if (shape.length !== 2 || shape[0] !== rows || !(data instanceof Float32Array)) return undefined;
    return { dimension: shape[1], values: data, cached: true };
  } catch (error) {
    // A cache that cannot be read is no cache: compute anew, and write it over.
    if (error instanceof CorruptDataError) return undefined;
    throw error;
  }
}

async function writeCached(file: string, values: Float32Array, dimension: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, encodeNpy({ shape: [values.length / dimension, dimension], data: values }));
  await rename(temporary, file);
}
