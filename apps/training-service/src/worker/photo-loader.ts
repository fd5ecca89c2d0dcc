import { availableParallelism } from 'node:os';
import type { ArtifactStore } from '@outsider/artifacts';
import type { Preprocessing } from '@outsider/domain';
import { startPixelPool, type AugmentParameters, type RgbImage } from '@outsider/images';

/** Photos of the store as a backbone's input. */
export interface PhotoLoader {
  /** Numbers in one prepared photo: height · width · 3. */
  readonly imageLength: number;
  /**
   * @param bends by photo; undefined for one that stays as it is
   * @returns [digests.length, height, width, 3]
   */
  load(digests: readonly string[], bends?: readonly (AugmentParameters | undefined)[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Resized pixels that are kept: 150 kB a photo of 224 × 224. */
const keptBytes = 512 * 2 ** 20;

/**
 * Decodes, bends and converts in threads of their own, all photos that are asked for at once. A photo is decoded the
 * first time only, as far as memory is set aside for that.
 */
export function openPhotoLoader(artifacts: ArtifactStore, preprocessing: Preprocessing): PhotoLoader {
  const [height, width] = preprocessing.size;
  const imageLength = height * width * 3;
  const pool = startPixelPool({ threads: availableParallelism() });
  const kept = new Map<string, RgbImage>();

  async function pixelsOf(digest: string): Promise<RgbImage> {
    const known = kept.get(digest);
    if (known) return known;
    const image = await pool.decode(await artifacts.getBytes(digest), preprocessing);
    if ((kept.size + 1) * imageLength <= keptBytes) kept.set(digest, image);
    return image;
  }
  return {
    imageLength,
    async load(digests, bends = []) {
      const batch = new Float32Array(digests.length * imageLength);
      await Promise.all(
        digests.map(async (digest, i) =>
          batch.set(await pool.toTensor(await pixelsOf(digest), preprocessing, bends[i]), i * imageLength),
        ),
      );
      return batch;
    },
    close: () => pool.close(),
  };
}
