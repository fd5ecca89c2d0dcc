import { InvalidArgumentError, type Preprocessing } from '@outsider/domain';
import { valuesToMeasure, type Classifier, type ImageInput } from '@outsider/onnx-import';
import { probeImages } from './probe-images.ts';
import { runAsGiven } from './run-as-given.ts';

/** Shapes of a classifier's values for one image, found by running it: exact, whatever its graph declares. */
export async function measureShapes(
  classifier: Classifier,
  layer: string,
  preprocessing: Preprocessing,
): Promise<Map<string, readonly number[]>> {
  const values = valuesToMeasure(classifier, layer);
  const atOnce = classifier.input.batch ?? 1;
  const results = await runAsGiven(classifier, values, preprocessing, probeImages(preprocessing, atOnce));
  return new Map(
    values.map((value, i) => {
      const [images, ...axes] = results[i][0].shape;
      return [value, images === atOnce ? [1, ...axes] : results[i][0].shape];
    }),
  );
}

/**
 * The size of a classifier's images: what its graph fixes, else what is stated.
 *
 * @param strict refuse a stated size that the graph contradicts
 * @throws {InvalidArgumentError} when they contradict each other
 */
export function sizeOfImages(
  { name, height, width }: ImageInput,
  stated: readonly [number, number],
  strict: boolean,
): readonly [number, number] {
  const size = [height ?? stated[0], width ?? stated[1]] as const;
  if (strict && (size[0] !== stated[0] || size[1] !== stated[1])) {
    throw new InvalidArgumentError(
      `preprocessing.size: input "${name}" takes images of ${size.join(' × ')} pixels, the preprocessing makes ${stated.join(' × ')}`,
    );
  }
  return size;
}
