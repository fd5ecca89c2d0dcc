import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { Piscina } from 'piscina';
import type { AugmentParameters } from './augment-parameters.ts';
import type { Decoded, DecodeTask, TensorTask } from './pixel-worker.ts';
import type { RgbImage } from './rgb-image.ts';

/** Threads that decode and bend photos, so that who reads them need not stop for it. */
export interface PixelPool {
  /** As `loadPixels`. */
  decode(bytes: Uint8Array, preprocessing: Preprocessing): Promise<RgbImage>;
  /** As `augment`, or `toTensor` where nothing is to be bent. */
  toTensor(image: RgbImage, preprocessing: Preprocessing, bend?: AugmentParameters): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @param options.threads how many photos at once */
export function startPixelPool({ threads }: { readonly threads: number }): PixelPool {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./pixel-worker.ts', import.meta.url)),
    minThreads: 1,
    maxThreads: threads,
  });
  return {
    async decode(bytes, preprocessing) {
      const decoded = (await pool.run({ bytes, preprocessing } satisfies DecodeTask, { name: 'decode' })) as Decoded;
      if ('refused' in decoded) throw new InvalidArgumentError(decoded.refused);
      return decoded.image;
    },
    toTensor: (image, preprocessing, bend) =>
      pool.run({ image, preprocessing, bend } satisfies TensorTask, { name: 'tensor' }) as Promise<Float32Array>,
    close: () => pool.destroy(),
  };
}
