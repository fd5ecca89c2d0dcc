import {
  appendHead,
  loadLayersModel,
  loadNetwork,
  verifyExport,
  type LayersModelFiles,
  type Outputs,
} from '@outsider/finetuning';
import type { InferenceSession } from '@outsider/inference';
import type { TrainedBackbone } from './trained-backbone.ts';
import type { Workplace } from './workplace.ts';

/** What was made of a trained network. */
export interface Exports {
  readonly onnx: InferenceSession;
  readonly layersModel: LayersModelFiles;
}

/** Photos on which an export must agree with the trained network. */
const verifiedPhotos = 16;

/**
 * Runs the trained network in TensorFlow.js, its normalisations unfolded, its ONNX export in ONNX Runtime, and its layers
 * model as TensorFlow.js loads it.
 *
 * @returns the largest relative difference of any output of the ONNX export, which is what serves
 * @throws {FailedPreconditionError} when they do not agree
 */
export async function compareWithExports(
  { task, architecture, photos }: Workplace,
  { weights, head }: TrainedBackbone,
  { onnx, layersModel }: Exports,
): Promise<number> {
  const step = Math.max(1, Math.floor(task.photos.length / verifiedPhotos));
  const chosen = task.photos.filter((_, i) => i % step === 0).slice(0, verifiedPhotos);
  const images = await photos.load(chosen.map(({ contentDigest }) => contentDigest));
  const whole = appendHead(architecture.graph, weights, architecture.features, head);
  const network = loadNetwork(whole.graph, whole.weights);
  const { length: count } = chosen;
  const expected = network.predict(images, count);
  network.dispose();
  const agreements = verifyExport(expected, (await onnx.run(images, count)) as Outputs, { count });
  const loaded = await loadLayersModel(layersModel);
  const byLayer = loaded.predict(images, count);
  loaded.dispose();
  const { outputs } = whole.graph;
  verifyExport(
    expected,
    Object.fromEntries(Object.entries(outputs).map(([output, layer]) => [output, byLayer[layer]])),
    { count },
  );
  return Math.max(...agreements.map(({ maxRelativeDifference }) => maxRelativeDifference));
}
