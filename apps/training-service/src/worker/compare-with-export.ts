import { appendHead, loadNetwork, verifyExport, type Outputs } from '@outsider/finetuning';
import type { InferenceSession } from '@outsider/inference';
import type { TrainedBackbone } from './trained-backbone.ts';
import type { Workplace } from './workplace.ts';

/** Photos on which an export must agree with the trained network. */
const verifiedPhotos = 16;

/**
 * Runs the trained network in TensorFlow.js, its normalisations unfolded, and its export in ONNX Runtime.
 *
 * @returns the largest relative difference of any output
 * @throws {FailedPreconditionError} when they do not agree
 */
export async function compareWithExport(
  { task, architecture, photos }: Workplace,
  { weights, head }: TrainedBackbone,
  exported: InferenceSession,
): Promise<number> {
  const step = Math.max(1, Math.floor(task.photos.length / verifiedPhotos));
  const chosen = task.photos.filter((_, i) => i % step === 0).slice(0, verifiedPhotos);
  const images = await photos.load(chosen.map(({ contentDigest }) => contentDigest));
  const whole = appendHead(architecture.graph, weights, architecture.features, head);
  const network = loadNetwork(whole.graph, whole.weights);
  const agreements = verifyExport(
    network.predict(images, chosen.length),
    (await exported.run(images, chosen.length)) as Outputs,
    { count: chosen.length },
  );
  network.dispose();
  return Math.max(...agreements.map(({ maxRelativeDifference }) => maxRelativeDifference));
}
