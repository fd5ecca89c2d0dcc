import type { Classifier } from './read-classifier.ts';

/** A value that could be the relevant layer: one vector an image. */
export interface Candidate {
  /** As the graph names it. */
  readonly name: string;
  /** The operator that makes it. */
  readonly operator: string;
  /** Numbers an image. */
  readonly width: number;
  /** The last linear layer reads it: what is taken when no layer is named. */
  readonly feedsOutputLayer: boolean;
}

/**
 * The bottlenecks that are vectors, from the images to what the last linear layer reads. Of values that differ in shape
 * alone, the last is listed.
 *
 * @param shapes of each value for one image, as running the graph showed them
 */
export function listCandidates(
  { bottlenecks, operatorOf, output, outputLayer, sameNumbers }: Classifier,
  shapes: ReadonlyMap<string, readonly number[]>,
): Candidate[] {
  const read = outputLayer && sameNumbers(outputLayer.input);
  const byNumbers = new Map<string, Candidate>();
  const end = outputLayer ? bottlenecks.indexOf(outputLayer.input) : -1;
  for (const name of end < 0 ? bottlenecks : bottlenecks.slice(0, end + 1)) {
    const width = vectorWidth(shapes.get(name) ?? []);
    const numbers = sameNumbers(name);
    if (width === undefined || numbers === sameNumbers(output.logits)) continue;
    byNumbers.delete(numbers);
    byNumbers.set(numbers, { name, operator: operatorOf(name) ?? '', width, feedsOutputLayer: numbers === read });
  }
  return [...byNumbers.values()];
}

/** Numbers of a value that is [1, d], or that with axes of size one; undefined for every other shape. */
export function vectorWidth([images, ...axes]: readonly number[]): number | undefined {
  const long = axes.filter((size) => size !== 1);
  return images === 1 && long.length === 1 ? long[0] : undefined;
}
