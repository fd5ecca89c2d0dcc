import { randomUUID } from 'node:crypto';
import { DetectionPlan, Recipe, type Run } from '@outsider/contracts';
import { AlreadyExistsError } from '@outsider/domain';
import type { Clients } from '../connect.ts';
import { everyPage } from '../every-page.ts';
import { followRun } from '../follow-run.ts';
import type { Progress } from '../progress.ts';
import { reportDetectors } from '../report-detectors.ts';

export interface TrainOptions {
  readonly experiment: string;
  readonly backbone: string;
  readonly snapshotDigest: string;
  readonly recipe: Partial<Recipe>;
  readonly detection: Partial<DetectionPlan>;
}

/** Starts a run of an experiment, which is made when new. */
export async function startRun({ training }: Pick<Clients, 'training'>, options: TrainOptions): Promise<Run> {
  const { experiment: name, backbone, snapshotDigest, recipe, detection } = options;
  const experimentId = await findOrCreateExperiment(training, name, backbone, recipe.architecture ?? '');
  const { run } = await training.startRun({
    experimentId,
    snapshotDigest,
    recipe: Recipe.create(recipe),
    detection: DetectionPlan.create(detection),
    requestId: randomUUID(),
  });
  if (!run) throw new Error('the training service answered without a run');
  return run;
}

/** Follows a run to its end and prints what its detectors can do. */
export async function reportRun(clients: Clients, run: Run, progress: Progress, signal?: AbortSignal): Promise<void> {
  const { backboneVersion } = await followRun(clients, run, progress, signal);
  await reportDetectors(clients, backboneVersion, progress);
}

async function findOrCreateExperiment(
  training: Clients['training'],
  name: string,
  backbone: string,
  architecture: string,
): Promise<string> {
  try {
    const { experiment } = await training.createExperiment({
      name,
      description: '',
      backbone,
      architecture,
      requestId: randomUUID(),
    });
    return experiment?.id ?? '';
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
  }
  for await (const { experiments } of everyPage((position) => training.listExperiments(position))) {
    const found = experiments.find((experiment) => experiment.name === name);
    if (found) return found.id;
  }
  throw new Error(`experiment "${name}" exists but is not listed`);
}
