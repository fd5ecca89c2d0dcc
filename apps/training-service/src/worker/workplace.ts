import path from 'node:path';
import { openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import {
  fetchBackboneWeights,
  getArchitecture,
  selectBackend,
  type Architecture,
  type BackendName,
  type Weights,
} from '@outsider/finetuning';
import { digestOfWeights } from './digest-of-weights.ts';
import { openPhotoLoader, type PhotoLoader } from './photo-loader.ts';
import type { TrainingTask } from './protocol.ts';
import type { Report } from './report.ts';
import { sweepAbandoned } from './sweep-abandoned.ts';

/** All that the stages of one training share. */
export interface Workplace {
  readonly task: TrainingTask;
  readonly report: Report;
  readonly backend: BackendName;
  readonly artifacts: ArtifactStore;
  readonly architecture: Architecture;
  /** Pretrained. */
  readonly weights: Weights;
  readonly weightsDigest: string;
  /** For people: where the pretrained weights came from. */
  readonly weightSource: string;
  readonly photos: PhotoLoader;
}

/** Chooses the backend, fetches the pretrained weights, opens the stores. */
export async function openWorkplace(task: TrainingTask, report: Report): Promise<Workplace> {
  await sweepAbandoned(task.cacheDir);
  const artifacts = await openArtifactStore(task.artifactsDir);
  const backend = await selectBackend({ force: task.backend, onSkipped: report.log });
  report.log(`TensorFlow.js trains on ${backend}, in process ${process.pid}`);
  const { architecture, weights, source } = await fetchBackboneWeights(getArchitecture(task.recipe.architecture), {
    cacheDir: path.join(task.cacheDir, 'weights'),
    onNote: (note) => report.log(note),
    onProgress: ({ bytes, totalBytes }) =>
      report.progress(
        'prepare',
        bytes / totalBytes,
        `${inMegabytes(bytes)} of ${inMegabytes(totalBytes)} MB of weights`,
      ),
  });
  report.log(`pretrained weights: ${source}`);
  return {
    task,
    report,
    backend,
    artifacts,
    architecture,
    weights,
    weightsDigest: digestOfWeights(weights),
    weightSource: source,
    photos: openPhotoLoader(artifacts, architecture.preprocessing),
  };
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
