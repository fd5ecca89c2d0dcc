import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { move } from 'piscina';
import { augment } from './augment.ts';
import type { AugmentParameters } from './augment-parameters.ts';
import { loadPixels } from './load-pixels.ts';
import type { RgbImage } from './rgb-image.ts';
import { toTensor } from './to-tensor.ts';

export interface DecodeTask {
  readonly bytes: Uint8Array;
  readonly preprocessing: Preprocessing;
}

export interface TensorTask {
  readonly image: RgbImage;
  readonly preprocessing: Preprocessing;
  readonly bend: AugmentParameters | undefined;
}

/** Errors lose their class between threads: what is wrong with a photo travels as its sentence. */
export type Decoded = { readonly image: RgbImage } | { readonly refused: string };

/** Runs in a thread of `startPixelPool`. */
export async function decode({ bytes, preprocessing }: DecodeTask): Promise<Decoded> {
  try {
    const { width, height, data } = await loadPixels(bytes, preprocessing);
    // A view of a larger buffer would take that buffer along.
    return { image: { width, height, data: data.byteLength === data.buffer.byteLength ? data : data.slice() } };
  } catch (error) {
    if (error instanceof InvalidArgumentError) return { refused: error.message };
    throw error;
  }
}

export function tensor({ image, preprocessing, bend }: TensorTask): Float32Array {
  const values = bend ? augment(image, bend, preprocessing) : toTensor(image, preprocessing);
  return handOver(values);
}

/** The receiver gets the memory itself, and sees the array. */
function handOver<View extends ArrayBufferView>(view: View): View {
  return move(view as unknown as ArrayBuffer) as unknown as View;
}
