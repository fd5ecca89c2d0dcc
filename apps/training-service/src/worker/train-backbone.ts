import { createHash } from 'node:crypto';
import path from 'node:path';
import { encodeSafetensors, openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import { canonicalJson, type Layer, type Stage } from '@outsider/domain';
import {
  appendHead,
  applyHead,
  exportBackbone,
  fetchBackboneWeights,
  getArchitecture,
  loadNetwork,
  selectBackend,
  trainHead,
  verifyExport,
  type Architecture,
  type Head,
  type LabelledFeatures,
  type Outputs,
  type Weights,
} from '@outsider/finetuning';
import { preprocessingDigest } from '@outsider/images';
import { openSession, type InferenceSession } from '@outsider/inference';
import { row, selectRows } from '@outsider/linalg';
import { frozenFeatures, loadBatch, type FrozenFeatures } from './frozen-features.ts';
import type { TrainingResult, TrainingTask, Validation, WorkerEvent } from './protocol.ts';

/** Photos on which an export must agree with the trained network. */
const verifiedPhotos = 16;

/**
 * Trains a relevant layer and an output layer on a frozen backbone, exports both with it, and checks the export.
 *
 * Nothing is registered here: the result names artifacts, and the service decides what becomes of them.
 */
export async function trainBackbone(
  task: TrainingTask,
  onEvent: (event: WorkerEvent) => void,
): Promise<TrainingResult> {
  const report = reporter(onEvent);
  const artifacts = await openArtifactStore(task.artifactsDir);
  const architecture = getArchitecture(task.recipe.architecture);
  const { preprocessing } = architecture;

  report.stage('prepare');
  const backend = await selectBackend({ force: task.backend, onSkipped: report.log });
  report.log(`TensorFlow.js trains on ${backend}`);
  const weights = await fetchBackboneWeights(architecture, {
    cacheDir: path.join(task.cacheDir, 'weights'),
    onProgress: ({ bytes, totalBytes }) =>
      report.progress(
        'prepare',
        bytes / totalBytes,
        `${toMegabytes(bytes)} of ${toMegabytes(totalBytes)} MB of weights`,
      ),
  });
  const weightsDigest = digestOfWeights(weights);

  report.stage('features');
  const frozen = await openSession(exportBackbone(architecture, weights));
  const digest = preprocessingDigest(preprocessing);
  const contentDigests = task.photos.map((photo) => photo.contentDigest);
  const features = await frozenFeatures(
    frozen,
    artifacts,
    task.cacheDir,
    { contentDigests, preprocessing, preprocessingDigest: digest, weightsDigest },
    (done, total) => report.progress('features', done / total, `${done} of ${total} photos`),
  );
  await frozen.close();
  if (features.cached) report.log('the features of these photos were known from an earlier run');

  report.stage('train');
  const { head, validation } = await train(task, features, report);

  report.stage('export');
  const onnx = exportBackbone(architecture, weights, { head, classes: task.classes });
  const onnxArtifact = await artifacts.putBytes(onnx);
  const headArtifact = await artifacts.putBytes(encodeHead(head, features.dimension));

  report.stage('verify');
  const exported = await openSession(onnx);
  const exportDifference = await compareWithExport(architecture, weights, head, exported, artifacts, contentDigests);
  await exported.close();
  report.log(`the export agrees with TensorFlow.js within ${exportDifference.toExponential(1)}`);

  return {
    architecture: architecture.name,
    backend,
    onnxArtifact: onnxArtifact.digest,
    headArtifact: headArtifact.digest,
    weightsDigest,
    preprocessing,
    preprocessingDigest: digest,
    layers: layerShapes(features.dimension, head),
    exportDifference,
    validation,
  };
}

type Reporter = ReturnType<typeof reporter>;

function reporter(onEvent: (event: WorkerEvent) => void) {
  return {
    stage: (stage: Stage) => onEvent({ kind: 'stage', stage }),
    progress: (stage: Stage, fraction: number, note: string) => onEvent({ kind: 'progress', stage, fraction, note }),
    metrics: (step: number, values: Record<string, number>) => onEvent({ kind: 'metrics', step, values }),
    log: (text: string) => onEvent({ kind: 'log', text }),
  };
}

async function train(
  { recipe, classes, photos }: TrainingTask,
  { values, dimension }: FrozenFeatures,
  report: Reporter,
): Promise<{ head: Head; validation: Validation }> {
  const all = { rows: photos.length, cols: dimension, data: values };
  const part = (isTrain: boolean) => {
    const rows = photos.flatMap((photo, i) => (photo.train === isTrain ? [i] : []));
    return { features: selectRows(all, rows), labels: Int32Array.from(rows, (i) => photos[i].label) };
  };
  const validation = part(false);
  const { units, epochs, batchSize, learningRate, dropout, seed } = recipe;
  let lastStep = 0;
  const { head, history, bestEpoch } = await trainHead({
    train: part(true),
    validation,
    classes: classes.length,
    options: { units, epochs, batchSize, learningRate, dropout, seed },
    onStep: ({ step, loss, learningRate: rate, samplesPerSecond }) => {
      lastStep = step;
      report.metrics(step, { 'train.loss': loss, learningRate: rate, samplesPerSecond });
    },
    onEpoch: ({ epoch, accuracy, validationLoss = NaN, validationAccuracy = NaN }) => {
      report.metrics(lastStep, {
        'train.accuracy': accuracy,
        'validation.loss': validationLoss,
        'validation.accuracy': validationAccuracy,
      });
      const note = `epoch ${epoch} of ${epochs}, validation accuracy ${(validationAccuracy * 100).toFixed(1)} %`;
      report.progress('train', epoch / epochs, note);
    },
  });
  report.log(`kept the weights of epoch ${bestEpoch}, whose validation loss was lowest`);
  return { head, validation: judge(head, validation, classes.length, history[bestEpoch - 1].validationLoss ?? NaN) };
}

function judge(head: Head, { features, labels }: LabelledFeatures, classes: number, loss: number): Validation {
  const { logits } = applyHead(features, head);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < logits.rows; i++) confusion[labels[i]][indexOfLargest(row(logits, i))]++;
  const correct = confusion.reduce((sum, counts, label) => sum + counts[label], 0);
  return { photos: logits.rows, accuracy: correct / logits.rows, loss, confusion };
}

function indexOfLargest(values: Float32Array | Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** @returns the largest relative difference of any output */
async function compareWithExport(
  architecture: Architecture,
  weights: Weights,
  head: Head,
  exported: InferenceSession,
  artifacts: ArtifactStore,
  contentDigests: readonly string[],
): Promise<number> {
  const step = Math.max(1, Math.floor(contentDigests.length / verifiedPhotos));
  const chosen = contentDigests.filter((_, i) => i % step === 0).slice(0, verifiedPhotos);
  const images = await loadBatch(artifacts, chosen, architecture.preprocessing);
  const whole = appendHead(architecture.graph, weights, architecture.features, head);
  const network = loadNetwork(whole.graph, whole.weights);
  const agreements = verifyExport(
    network.predict(images, chosen.length),
    (await exported.run(images, chosen.length)) as Outputs,
    {
      count: chosen.length,
    },
  );
  network.dispose();
  return Math.max(...agreements.map(({ maxRelativeDifference }) => maxRelativeDifference));
}

function layerShapes(features: number, head: Head): { layer: Layer; dimension: number }[] {
  return [
    { layer: 'relevant_layer', dimension: head.relevantLayer.bias.length },
    { layer: 'pooled', dimension: features },
    { layer: 'logits', dimension: head.outputLayer.bias.length },
  ];
}

/** What detectors that look at the output layer read, and what a later training starts from. */
function encodeHead({ relevantLayer, outputLayer }: Head, features: number): Uint8Array {
  const units = relevantLayer.bias.length;
  const classes = outputLayer.bias.length;
  return encodeSafetensors({
    tensors: {
      'relevant_layer.weight': { shape: [features, units], data: relevantLayer.kernel },
      'relevant_layer.bias': { shape: [units], data: relevantLayer.bias },
      'output_layer.weight': { shape: [units, classes], data: outputLayer.kernel },
      'output_layer.bias': { shape: [classes], data: outputLayer.bias },
    },
  });
}

function digestOfWeights(weights: Weights): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(canonicalJson({ name, shape })).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
