import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeNpy, encodeNpy, type ArtifactStore } from '@outsider/artifacts';
import { canonicalJson, InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { preprocess } from '@outsider/images';
import type { InferenceSession } from '@outsider/inference';

/** What the frozen backbone emits for each photo: [photos, dimension] float32. */
export interface FrozenFeatures {
  readonly dimension: number;
  readonly values: Float32Array;
  /** True when an earlier run had computed them. */
  readonly cached: boolean;
}

export interface FeatureRequest {
  readonly contentDigests: readonly string[];
  readonly preprocessing: Preprocessing;
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
  artifacts: ArtifactStore,
  cacheDir: string,
  request: FeatureRequest,
  onProgress: (done: number, total: number) => void,
): Promise<FrozenFeatures> {
  const { contentDigests, preprocessing, preprocessingDigest, weightsDigest } = request;
  const name = createHash('sha256')
    .update(canonicalJson({ contentDigests, preprocessingDigest, weightsDigest }))
    .digest('hex');
  const file = path.join(cacheDir, 'features', `${name}.npy`);
  const known = await readCached(file, contentDigests.length);
  if (known) return known;

  const blocks: Float32Array[] = [];
  let next = loadBatch(artifacts, contentDigests.slice(0, batchSize), preprocessing);
  for (let first = 0; first < contentDigests.length; first += batchSize) {
    const images = await next;
    // Decode the next photos while the network looks at these.
    next = loadBatch(artifacts, contentDigests.slice(first + batchSize, first + 2 * batchSize), preprocessing);
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

/** Preprocessed photos one after the other: [photos, height, width, 3]. */
export async function loadBatch(
  artifacts: ArtifactStore,
  digests: readonly string[],
  preprocessing: Preprocessing,
): Promise<Float32Array> {
  const [height, width] = preprocessing.size;
  const batch = new Float32Array(digests.length * height * width * 3);
  await Promise.all(
    digests.map(async (digest, i) =>
      batch.set(await preprocess(await artifacts.getBytes(digest), preprocessing), i * height * width * 3),
    ),
  );
  return batch;
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
    if (error instanceof InvalidArgumentError) return undefined;
    throw error;
  }
}

async function writeCached(file: string, values: Float32Array, dimension: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, encodeNpy({ shape: [values.length / dimension, dimension], data: values }));
  await rename(temporary, file);
}
