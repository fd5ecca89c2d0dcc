import type { Preprocessing } from '@outsider/domain';
import { openGraph, type FloatTensor } from '@outsider/inference';
import { exposeValues, type Classifier } from '@outsider/onnx-import';
import { toChannelsFirst } from './probe-images.ts';

/**
 * What ONNX Runtime makes of the file as it came: its own order of axes, as many images at once as it takes.
 *
 * @param images prepared, [count, h, w, 3]; `count` is a multiple of the images that it takes at once
 * @returns for each value, in the order of `values`, one tensor a run, its first axis the images
 * @throws {InvalidArgumentError} when ONNX Runtime cannot load or run it
 */
export async function runAsGiven(
  classifier: Classifier,
  values: readonly string[],
  { size }: Pick<Preprocessing, 'size'>,
  images: Float32Array,
): Promise<FloatTensor[][]> {
  const { input } = classifier;
  const [height, width] = size;
  const atOnce = input.batch ?? 1;
  const first = input.layout === 'channels-first';
  const shape = first ? [atOnce, 3, height, width] : [atOnce, height, width, 3];
  const data = first ? toChannelsFirst(images, size) : images;
  const length = atOnce * height * width * 3;
  const session = await openGraph(exposeValues(classifier, values, size, { original: true }));
  try {
    const runs: ReadonlyMap<string, FloatTensor>[] = [];
    for (let from = 0; from < data.length; from += length) {
      runs.push(await session.run({ shape, data: data.slice(from, from + length) }));
    }
    return values.map((_, i) => runs.map((run) => run.get(`value_${i}`) ?? { shape: [], data: new Float32Array() }));
  } finally {
    await session.close();
  }
}
