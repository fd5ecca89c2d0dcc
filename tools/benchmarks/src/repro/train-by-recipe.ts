import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import { recipeDefaults, type Recipe, type RecipeName } from '@outsider/domain';
import { getArchitecture } from '@outsider/finetuning';
import { preprocess, scanDatasetFolder, type DatasetEntry } from '@outsider/images';
import { openSession } from '@outsider/inference';
import type { PhotoFeatures } from './photo-features.ts';
import type { TrainedActivations } from './tutorial-head.ts';

/** What one training gave: the photos as the trained network sees them, and how long it took. */
export interface TrainedByRecipe {
  readonly photos: PhotoFeatures;
  readonly trained: TrainedActivations;
  readonly training: TrainingFigures;
}

export interface TrainingFigures {
  readonly bestEpoch: number;
  readonly epochsRun: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly peakMiB: number;
}

export interface RecipeChoice {
  readonly recipe: RecipeName;
  readonly architecture: string;
  /** 0: the recipe's own. */
  readonly epochs: number;
  readonly seed: number;
}

interface Result {
  readonly backend: string;
  readonly onnxArtifact: string;
  readonly headArtifact: string;
  readonly validation: { readonly accuracy: number };
  readonly training: TrainingFigures;
}

/**
 * Trains on a folder of photos exactly as the training service does, in its own worker process, and lets the exported
 * network look at every photo.
 */
export async function trainByRecipe(
  folder: string,
  choice: RecipeChoice,
  cacheDir: string,
  say: (line: string) => void,
): Promise<TrainedByRecipe> {
  const { entries } = await scanDatasetFolder(folder);
  const classes = [...new Set(entries.flatMap(({ label }) => label ?? []))].sort();
  const labels = Int32Array.from(entries, ({ label }) => (label === null ? -1 : classes.indexOf(label)));
  const artifacts = await openArtifactStore(path.join(cacheDir, 'repro-artifacts'));
  const photos = [];
  for (const [i, entry] of entries.entries()) {
    if (entry.role !== 'train' && entry.role !== 'valid') continue;
    const { digest } = await artifacts.putBytes(await readFile(path.join(folder, entry.path)));
    photos.push({ contentDigest: digest, label: labels[i], train: entry.role === 'train' });
  }
  const runId = `repro-${randomUUID()}`;
  const result = await runWorker(
    {
      runId,
      artifactsDir: path.join(cacheDir, 'repro-artifacts'),
      cacheDir,
      recipe: toRecipe(choice),
      classes,
      photos,
    },
    say,
  );
  await rm(path.join(cacheDir, 'checkpoints', `${runId}.safetensors`), { force: true });
  say('looking at every photo with the exported network…');
  const activations = await activationsOf(folder, entries, await artifacts.getBytes(result.onnxArtifact));
  return {
    photos: { entries, pooled: activations.pooled },
    trained: {
      head: await readHead(artifacts, result.headArtifact),
      classes,
      labels,
      relevantLayer: activations.relevantLayer,
      logits: activations.logits,
      validationAccuracy: result.validation.accuracy,
      backend: result.backend,
    },
    training: result.training,
  };
}

function toRecipe({ recipe: name, architecture: architectureName, epochs, seed }: RecipeChoice): Recipe {
  const { relevantUnits, firstTrainedLayer } = getArchitecture(architectureName);
  const first = { head: '', tutorial: firstTrainedLayer.tutorial, 'fine-tune': firstTrainedLayer.fineTune };
  const own = recipeDefaults[name];
  return {
    ...own,
    name,
    architecture: architectureName,
    units: relevantUnits,
    epochs: epochs || own.epochs,
    seed,
    firstTrainedLayer: first[name],
  };
}

/** The training service's worker, as the service runs it: one task, news as it goes, one answer. */
async function runWorker(task: object, say: (line: string) => void): Promise<Result> {
  const worker = fork(path.join(import.meta.dirname, '../../../../apps/training-service/src/worker/main.ts'), {
    serialization: 'advanced',
  });
  try {
    return await new Promise<Result>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'event') {
          if (message.event.kind === 'log') say(`  ${message.event.text}`);
        } else if (message.kind === 'done') resolve(message.result);
        else reject(new Error(message.message));
      });
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the training process ended with code ${code}`)));
      worker.send({ kind: 'train', task });
    });
  } finally {
    worker.kill();
  }
}

type FromWorker =
  | { readonly kind: 'event'; readonly event: { readonly kind: string; readonly text: string } }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly message: string };

async function activationsOf(folder: string, entries: readonly DatasetEntry[], onnx: Uint8Array) {
  const session = await openSession(onnx);
  const { layers, preprocessing } = session.metadata;
  const matrix = (layer: 'pooled' | 'relevant_layer' | 'logits') => {
    const cols = layers[layer]!.width;
    return { rows: entries.length, cols, data: new Float32Array(entries.length * cols) };
  };
  const all = { pooled: matrix('pooled'), relevant_layer: matrix('relevant_layer'), logits: matrix('logits') };
  const batchSize = 16;
  for (let first = 0; first < entries.length; first += batchSize) {
    const batch = entries.slice(first, first + batchSize);
    const images = new Float32Array(batch.length * session.imageLength);
    const tensors = await Promise.all(
      batch.map(async (entry) => preprocess(await readFile(path.join(folder, entry.path)), preprocessing)),
    );
    tensors.forEach((tensor, i) => images.set(tensor, i * session.imageLength));
    const emitted = await session.run(images, batch.length);
    for (const [layer, { cols, data }] of Object.entries(all)) {
      data.set(emitted[layer as keyof typeof all]!, first * cols);
    }
  }
  await session.close();
  return { pooled: all.pooled, relevantLayer: all.relevant_layer, logits: all.logits };
}

async function readHead(artifacts: ArtifactStore, digest: string): Promise<TrainedActivations['head']> {
  const { tensors } = decodeSafetensors(await artifacts.getBytes(digest));
  const values = (name: string) => tensors[name].data as Float32Array;
  return {
    relevantLayer: { kernel: values('relevant_layer.weight'), bias: values('relevant_layer.bias') },
    outputLayer: { kernel: values('output_layer.weight'), bias: values('output_layer.bias') },
  };
}
