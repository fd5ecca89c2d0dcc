import { DomainError, InvalidArgumentError, type Layer, type Preprocessing } from '@outsider/domain';
import { openSession, type Activations } from '@outsider/inference';
import type { ChosenLayers, Classifier, OutputLayerParameters } from '@outsider/onnx-import';
import { probeImages } from './probe-images.ts';
import { runAsGiven } from './run-as-given.ts';

const tolerance = 1e-5;
/** Weights kept in half precision were rounded where ONNX Runtime may have computed with more. */
const outputLayerTolerance = 1e-3;

/**
 * Whether the rewritten file computes for several images at once what the file as it came computes for them.
 *
 * @returns the largest difference of an output, relative to the largest number in it
 * @throws {InvalidArgumentError} when it does not, so that nothing may be built on it
 */
export async function verifyAdopted(
  classifier: Classifier,
  { relevantLayer, pooled, logits }: ChosenLayers,
  rewritten: Uint8Array,
  preprocessing: Preprocessing,
  parameters: OutputLayerParameters | undefined,
): Promise<number> {
  const values: [Layer, string][] = [
    ['relevant_layer', relevantLayer.name],
    ...(pooled ? [['pooled', pooled.name] as [Layer, string]] : []),
    ['logits', logits.name],
  ];
  const atOnce = classifier.input.batch ?? 1;
  const count = 2 * atOnce;
  const images = probeImages(preprocessing, count);
  const given = await runAsGiven(
    classifier,
    values.map(([, value]) => value),
    preprocessing,
    images,
  );
  const expected = new Map(
    values.map(([layer], i) => {
      const numbers = Float32Array.from(given[i].flatMap(({ data }) => [...data]));
      return [layer, layer === 'logits' && classifier.output.oneLogitForTwoClasses ? asTwo(numbers) : numbers];
    }),
  );
  const { alone, together } = await runRewritten(rewritten, images, count).catch((cause: Error) => {
    if (cause instanceof DomainError) throw cause;
    throw new InvalidArgumentError(
      `the model takes only ${atOnce === 1 ? 'one image' : `${atOnce} images`} at a time; export it with a dynamic batch axis`,
      {},
      { cause },
    );
  });
  let largest = 0;
  for (const [layer, numbers] of expected) {
    if (!numbers.every(Number.isFinite)) {
      throw new InvalidArgumentError(`the model gives numbers that are not finite in its ${layer}, on a drawn picture`);
    }
    const [aloneDiffers, togetherDiffers] = [alone, [together]].map((runs) =>
      relativeDifference(numbers, Float32Array.from(runs.flatMap((activations) => [...(activations[layer] ?? [])]))),
    );
    if (!(aloneDiffers <= tolerance)) {
      throw new InvalidArgumentError(
        `the model gives other numbers each time it runs (its ${layer} by ${aloneDiffers.toExponential(1)}); export it in inference mode, and for any number of images`,
      );
    }
    if (!(togetherDiffers <= tolerance)) {
      throw new InvalidArgumentError(
        `what the model makes of an image depends on the other images of its batch (its ${layer} by ${togetherDiffers.toExponential(1)}); export it in inference mode, with a dynamic batch axis`,
      );
    }
    largest = Math.max(largest, aloneDiffers, togetherDiffers);
  }
  if (parameters) requireSameLogits(parameters, together, logits.width);
  return largest;
}

/** Each image by itself, and all of them at once. */
async function runRewritten(
  rewritten: Uint8Array,
  images: Float32Array,
  count: number,
): Promise<{ alone: Activations[]; together: Activations }> {
  const session = await openSession(rewritten);
  try {
    const alone: Activations[] = [];
    for (let i = 0; i < count; i++) {
      alone.push(await session.run(images.slice(i * session.imageLength, (i + 1) * session.imageLength), 1));
    }
    return { alone, together: await session.run(images, count) };
  } finally {
    await session.close();
  }
}

/** Largest difference over the largest number expected; infinite when there are not as many numbers. */
function relativeDifference(expected: Float32Array, actual: Float32Array): number {
  if (expected.length !== actual.length) return Infinity;
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
    size = Math.max(size, Math.abs(expected[i]));
  }
  return difference / size;
}

/** A defect of ours, not of the file: its weights were read wrongly. */
function requireSameLogits(
  { weights, bias }: OutputLayerParameters,
  { relevant_layer: features = new Float32Array(), logits = new Float32Array() }: Activations,
  classes: number,
): void {
  const width = weights.length / classes;
  for (let i = 0; i < logits.length; i++) {
    const row = Math.floor(i / classes) * width;
    let sum = bias[i % classes];
    let size = Math.abs(sum);
    for (let j = 0; j < width; j++) {
      const term = features[row + j] * weights[j * classes + (i % classes)];
      sum += term;
      size += Math.abs(term);
    }
    if (!(Math.abs(sum - logits[i]) <= outputLayerTolerance * size + 1e-6)) {
      throw new Error(
        `the output layer read from the graph gives the logit ${sum} where the network gives ${logits[i]}`,
      );
    }
  }
}

function asTwo(numbers: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * numbers.length }, (_, i) => (i % 2 ? numbers[(i - 1) / 2] : 0));
}
