import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';

/** Activations of a layer by photo, on disk: there may be more than fits into memory. */
export interface FrozenStore {
  has(photo: number): boolean;
  put(photo: number, values: Float32Array): Promise<void>;
  /** Those of several photos, one after the other. */
  read(photos: ArrayLike<number>): Promise<Float32Array>;
  /** Closes and removes the file. */
  remove(): Promise<void>;
}

/**
 * @param file is made anew
 * @param length numbers a photo
 */
export async function createFrozenStore(file: string, length: number): Promise<FrozenStore> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, 'w+');
  const places = new Map<number, number>();
  const bytesEach = 4 * length;
  return {
    has: (photo) => places.has(photo),
    async put(photo, values) {
      const place = places.size;
      places.set(photo, place);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      for (let written = 0; written < bytesEach;) {
        const { bytesWritten } = await handle.write(bytes, written, bytesEach - written, place * bytesEach + written);
        written += bytesWritten;
      }
    },
    async read(photos) {
      const batch = new Float32Array(photos.length * length);
      await Promise.all(
        Array.from(photos, async (photo, i) => {
          const bytes = new Uint8Array(batch.buffer, i * bytesEach, bytesEach);
          for (let done = 0; done < bytesEach;) {
            const { bytesRead } = await handle.read(
              bytes,
              done,
              bytesEach - done,
              places.get(photo)! * bytesEach + done,
            );
            if (bytesRead === 0) throw new Error(`${file} ends early`);
            done += bytesRead;
          }
        }),
      );
      return batch;
    },
    async remove() {
      await handle.close();
      await rm(file, { force: true });
    },
  };
}
