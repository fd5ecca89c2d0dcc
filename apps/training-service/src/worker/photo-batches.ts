import { augmentParameters, tutorialAugmentation, type AugmentParameters, type AugmentRanges } from '@outsider/images';
import { sampleOrder, type TrainingBatch, type TrainingData } from '@outsider/finetuning';
import type { LayerSession } from '@outsider/inference';
import type { Recipe } from '../recipe.ts';
import type { FrozenStore } from './frozen-store.ts';
import type { PhotoLoader } from './photo-loader.ts';
import type { TrainingPhoto } from './protocol.ts';

interface Sources {
  readonly photos: readonly TrainingPhoto[];
  readonly loader: PhotoLoader;
  /** From prepared photos to what the trained part reads. */
  readonly frozen: LayerSession;
  /** Photos that are in it, or put there, are not computed again. */
  readonly store: FrozenStore;
  /** Numbers that the trained part reads for one photo. */
  readonly length: number;
}

const noAugmentation: AugmentRanges = { rotationDegrees: 0, shearRadians: 0, zoom: 0, horizontalFlip: false };
const rangesOf: Readonly<Record<Recipe['augmentation'], AugmentRanges>> = {
  none: noAugmentation,
  flip: { ...noAugmentation, horizontalFlip: true },
  tutorial: tutorialAugmentation,
};

/** Beyond this the unbent photos' activations are computed anew in each epoch. */
const storedBytes = 4 * 2 ** 30;

/**
 * Photos as the trained part of a network reads them: the next batch is decoded and bent while the present one is
 * trained on. Where nothing is bent, the frozen part runs once a photo, and its activations are read back from disk.
 */
export function photoBatches(sources: Sources, recipe: Recipe): TrainingData {
  const { photos } = sources;
  const training = indicesOf(photos, true);
  const held = indicesOf(photos, false);
  const { batchSize, seed, augmentation, samplesPerEpoch } = recipe;
  const judging = recipe.validationSamples
    ? Array.from(sampleOrder(held.length, Math.min(recipe.validationSamples, held.length), seed, 1), (i) => held[i])
    : held;
  const stored =
    4 * sources.length * (augmentation === 'none' ? training.length + judging.length : judging.length) <= storedBytes;
  const ranges = rangesOf[augmentation];

  return {
    samplesPerEpoch: samplesPerEpoch || training.length,
    train(epoch) {
      const order = Array.from(sampleOrder(training.length, samplesPerEpoch, seed, epoch), (i) => training[i]);
      if (augmentation === 'none') return batches(sources, order, batchSize, undefined, stored);
      const bend = (photo: number) => augmentParameters(seed, epoch, photos[photo].contentDigest, ranges);
      return batches(sources, order, batchSize, bend, false);
    },
    validation: () => batches(sources, judging, 16, undefined, stored),
  };
}

function indicesOf(photos: readonly TrainingPhoto[], train: boolean): number[] {
  return photos.flatMap((photo, i) => (photo.train === train ? [i] : []));
}

async function* batches(
  sources: Sources,
  order: readonly number[],
  batchSize: number,
  bend: ((photo: number) => AugmentParameters) | undefined,
  stored: boolean,
): AsyncGenerator<TrainingBatch> {
  const { photos, loader } = sources;
  const batchAt = (first: number) => order.slice(first, first + batchSize);
  /** Only what must be computed is decoded. */
  const load = (indices: readonly number[]) => {
    const missing = stored ? indices.filter((photo) => !sources.store.has(photo)) : indices;
    const images = loader.load(
      missing.map((photo) => photos[photo].contentDigest),
      bend && missing.map(bend),
    );
    // Awaited a batch later: until then nobody looks whether it failed.
    images.catch(() => undefined);
    return { indices, missing, images };
  };
  let next = load(batchAt(0));
  for (let first = 0; first < order.length; first += batchSize) {
    const { indices, missing, images } = next;
    const prepared = await images;
    if (first + batchSize < order.length) next = load(batchAt(first + batchSize));
    const labels = Int32Array.from(indices, (photo) => photos[photo].label);
    yield { images: await activationsOf(sources, indices, missing, prepared, stored), labels };
  }
}

async function activationsOf(
  { frozen, store, length }: Sources,
  indices: readonly number[],
  missing: readonly number[],
  prepared: Float32Array,
  stored: boolean,
): Promise<Float32Array> {
  const computed = missing.length > 0 ? await frozen.run(prepared, missing.length) : new Float32Array();
  if (!stored) return computed;
  for (const [i, photo] of missing.entries()) {
    if (!store.has(photo)) await store.put(photo, computed.subarray(i * length, (i + 1) * length));
  }
  return missing.length === indices.length ? computed : store.read(indices);
}
