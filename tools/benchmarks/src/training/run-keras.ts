import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** What peers/training.py prints. */
export interface KerasReport {
  /** Over all measured steps. */
  readonly imagesPerSecond: number;
  /** The same of the fastest step: what a busy machine spoils least. */
  readonly fastestStepImagesPerSecond: number;
  /** The most memory that the process ever held; null where the system does not say. */
  readonly peakMiB: number | null;
  readonly firstTrainedLayer: string;
  readonly trainedParameters: number;
  readonly lastLoss: number;
  readonly threads: number;
  /** `CPU`, `GPU`. */
  readonly devices: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

export interface KerasOptions {
  /** Not measured: the first steps plan and allocate. At least 1. */
  readonly warmUpSteps: number;
  /** At least 3. */
  readonly steps: number;
  readonly batchSize: number;
  /** Keras' ResNet50 weights without top (`.h5`); random without. */
  readonly weights?: string;
  /** `.npy` files, [(warmUpSteps + steps) · batchSize, 224, 224, 3] float32 and as many labels; random without. */
  readonly photos?: { readonly images: string; readonly labels: string };
}

/**
 * The tutorial's network trained by Keras in a process that inherits our cores.
 *
 * @returns undefined, having said why, where there is no Python with Keras and TensorFlow
 */
export function runKeras(
  python: string,
  { warmUpSteps, steps, batchSize, weights, photos }: KerasOptions,
  onProgress: (line: string) => void,
): KerasReport | undefined {
  // Found, not imported: importing TensorFlow takes seconds.
  const found = "import importlib.util as u, sys; sys.exit(not (u.find_spec('keras') and u.find_spec('tensorflow')))";
  const probe = spawnSync(python, ['-c', found], { encoding: 'utf8' });
  if (probe.status !== 0) {
    const reason = probe.error?.message ?? `${python} has no TensorFlow and Keras`;
    onProgress(`no peer: ${reason} (give a Python that has them with --python)`);
    return undefined;
  }
  const script = path.join(import.meta.dirname, '..', 'peers', 'training.py');
  const settings = ['--warm-up', String(warmUpSteps), '--steps', String(steps), '--batch', String(batchSize)];
  if (weights) settings.push('--weights', weights);
  if (photos) settings.push('--images', photos.images, '--labels', photos.labels);
  const { status, stdout, stderr } = spawnSync(python, [script, ...settings], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`Keras failed: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as KerasReport;
}
