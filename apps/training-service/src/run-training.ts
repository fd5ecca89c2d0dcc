import { decodeNpy } from '@outsider/artifacts';
import type { BackboneVersion, JobContext, JsonObject, Run, SnapshotItem } from '@outsider/database';
import { activeShareFigures } from './active-shares.ts';
import type { Context } from './context.ts';
import type { DetectionPlan } from './detection-plan.ts';
import type { Recipe } from './recipe.ts';
import { refitDetectors } from './refit-detectors.ts';
import { enterStage, storeEvent } from './store-event.ts';
import { versionDigest } from './version-digest.ts';
import type { TrainingResult, WorkerEvent } from './worker/protocol.ts';
import { forgetCheckpoint } from './worker/checkpoint-path.ts';
import { runWorkerToTheEnd } from './worker/run-worker.ts';

/**
 * What the job `train` does: a new backbone version, its detectors and thresholds, the bundle of the chosen one, and
 * its promotion if the plan asks for it. Each step is stored before the next begins; a worker that takes the job up
 * anew finds the registered version and goes on from there.
 */
export async function runTraining(context: Context, job: JobContext): Promise<JsonObject> {
  const { repositories } = context;
  const run = await repositories.runs.findByJob(job.job.id);
  if (!run) throw new Error(`job ${job.job.id} has no run`);
  const items = await repositories.datasets.readItems(run.snapshotDigest);

  const version = run.backboneVersion
    ? await repositories.backbones.getVersion(run.backboneVersion)
    : await trainVersion(context, job, run, items);
  const fitted = await refitDetectors(context, job, {
    version,
    snapshotDigest: run.snapshotDigest,
    plan: run.detection as unknown as DetectionPlan,
    seed: run.seed,
  });
  const shares = await measureActiveShares(context, version, items);
  const { summary } = await repositories.runs.get(run.id);
  await repositories.runs.setSummary(
    run.id,
    { ...summary, activeShare: shares, chosen: fitted.chosen ? { ...fitted.chosen } : null },
    job.lease,
  );

  if (!fitted.chosen) {
    await job.log('no detector has a threshold, so there is nothing to promote');
    return { backboneVersion: version.digest };
  }
  const bundle = await repositories.deployments.createBundle(
    { backboneVersion: version.digest, detectorId: fitted.chosen.detectorId, thresholdId: fitted.chosen.thresholdId },
    run.job.createdBy,
  );
  await repositories.runs.setBundle(run.id, bundle.id, job.lease);
  const { promote } = run.detection as unknown as DetectionPlan;
  if (promote) {
    await enterStage(job, 'promote');
    const reason = `run ${run.number}: ${fitted.chosen.reason}`;
    await repositories.deployments.promote({ bundleId: bundle.id, reason }, run.job.createdBy, job.lease);
    await job.log(`promoted to production: version ${version.number} with ${fitted.chosen.method}`);
  }
  return { backboneVersion: version.digest, bundleId: bundle.id };
}

async function trainVersion(
  { repositories, config }: Context,
  job: JobContext,
  run: Run,
  items: readonly SnapshotItem[],
): Promise<BackboneVersion> {
  const snapshot = await repositories.datasets.getSnapshot(run.snapshotDigest);
  const experiment = await repositories.experiments.get(run.experimentId);
  const recipe = run.recipe as unknown as Recipe;
  const { classes } = snapshot;
  const photos = items.flatMap(({ contentDigest, label, split }) =>
    label === null ? [] : [{ contentDigest, label: classes.indexOf(label), train: split === 'train' }],
  );

  const { artifactsDir, cacheDir, backend } = config;
  const report = forwardEvents(job);
  const result = await runWorkerToTheEnd(
    { runId: run.id, artifactsDir, cacheDir, recipe, backend, classes, photos },
    report.onEvent,
    job.signal,
  );
  await report.done();

  await enterStage(job, 'register');
  await repositories.runs.setBackend(run.id, result.backend, job.lease);
  await repositories.runs.setSummary(
    run.id,
    { validation: result.validation, training: result.training, classes } as unknown as JsonObject,
    job.lease,
  );
  const version = await repositories.backbones.registerVersion(
    toNewVersion(result, classes, run, experiment.backbone),
    job.lease,
    run.job.createdBy,
  );
  await forgetCheckpoint(cacheDir, run.id);
  return version;
}

function toNewVersion(result: TrainingResult, classes: readonly string[], run: Run, backbone: string) {
  const {
    architecture,
    onnxArtifact,
    headArtifact,
    layersModelArtifact,
    weightsDigest,
    preprocessing,
    preprocessingDigest,
    layers,
    exportDifference,
  } = result;
  return {
    digest: versionDigest(result, classes),
    backbone,
    architecture,
    onnxArtifact,
    headArtifact,
    layersModelArtifact,
    weightsDigest,
    classes,
    preprocessing,
    preprocessingDigest,
    layers,
    recipe: run.recipe,
    snapshotDigest: run.snapshotDigest,
    runId: run.id,
    exportDifference,
  };
}

/** Stores what the worker tells, in order; a failed write surfaces in `done`. */
function forwardEvents(job: JobContext) {
  let last: Promise<unknown> = Promise.resolve();
  return {
    onEvent(event: WorkerEvent): void {
      last = last.then(() => storeEvent(job, event));
      last.catch(() => undefined); // reported by `done`
    },
    done: () => last,
  };
}

async function measureActiveShares(
  { repositories, artifacts }: Context,
  version: BackboneVersion,
  items: readonly SnapshotItem[],
): Promise<JsonObject> {
  const set = await repositories.activationSets.find(version.snapshotDigest, version.digest, 'relevant_layer');
  if (!set) return {};
  const { data } = decodeNpy(await artifacts.getBytes(set.artifact));
  const activations = { rows: set.rows, cols: set.dimension, data: data as Float32Array };
  return activeShareFigures(items, activations) as unknown as JsonObject;
}
