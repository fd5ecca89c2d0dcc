import { getPreset } from '@outsider/images';
import { listCandidates, readClassifier } from '@outsider/onnx-import';
import { measureShapes, sizeOfImages } from './measure-shapes.ts';
import type { Inspection } from './protocol.ts';

/**
 * Looks at a classifier without keeping anything.
 *
 * @param stated size of its images, where its graph leaves that open; undefined for 224 × 224
 * @throws {InvalidArgumentError} when the file is no classifier of images
 */
export async function inspectClassifier(
  bytes: Uint8Array,
  stated: readonly [number, number] | undefined,
): Promise<Inspection> {
  const classifier = readClassifier(bytes);
  const raw = getPreset('raw');
  const size = sizeOfImages(classifier.input, stated ?? raw.size, stated !== undefined);
  const shapes = await measureShapes(classifier, '', { ...raw, size });
  const logits = shapes.get(classifier.output.logits) ?? [];
  return {
    size,
    channelsLast: classifier.input.layout === 'channels-last',
    candidates: listCandidates(classifier, shapes),
    logits: logits.reduce((product, axis) => product * axis, 1),
  };
}
