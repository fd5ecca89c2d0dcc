import { decodeNpy } from '@outsider/artifacts';
import type { ThresholdPolicy } from '@outsider/contracts';
import type { BackboneVersion, JobContext, JsonObject, Run, SnapshotItem } from '@outsider/database';
import { CancelledError, FailedPreconditionError, type Stage } from '@outsider/domain';
import { activeShareFigures } from './active-shares.ts';
import type { Context } from './context.ts';
import type { DetectionPlan } from './detection-plan.ts';
import type { Recipe } from './recipe.ts';
import { jobFraction } from './stage-progress.ts';
import { versionDigest } from './version-digest.ts';
import type { TrainingResult, WorkerEvent } from './worker/protocol.ts';
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
  const fitted = await refitDetectors(context, job, run, version);
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
    await enter(job, 'promote');
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

  await enter(job, 'register');
  await repositories.runs.setBackend(run.id, result.backend, job.lease);
  await repositories.runs.setSummary(
    run.id,
    { validation: result.validation, training: result.training, classes } as unknown as JsonObject,
    job.lease,
  );
  return repositories.backbones.registerVersion(
    toNewVersion(result, classes, run, experiment.backbone),
    job.lease,
    run.job.createdBy,
  );
}

function toNewVersion(result: TrainingResult, classes: readonly string[], run: Run, backbone: string) {
  const {
    architecture,
    onnxArtifact,
    headArtifact,
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

async function storeEvent(job: JobContext, event: WorkerEvent): Promise<void> {
  switch (event.kind) {
    case 'stage':
      return job.setStage(event.stage, jobFraction(event.stage));
    case 'progress':
      return job.setProgress({
        fraction: event.fraction,
        note: event.note,
        jobFraction: jobFraction(event.stage, event.fraction),
      });
    case 'log':
      return job.log(event.text);
    case 'metrics':
      for (const [key, value] of Object.entries(event.values)) {
        await job.emit({ kind: 'metric', key, step: event.step, value });
      }
  }
}

function enter(job: JobContext, stage: Stage): Promise<void> {
  return job.setStage(stage, jobFraction(stage));
}

interface Chosen {
  readonly detectorId: string;
  readonly thresholdId: string;
  readonly method: string;
  readonly reason: string;
}

/** Asks the detector service, and shows its progress as this job's. */
async function refitDetectors(
  { repositories, detector }: Context,
  job: JobContext,
  run: Run,
  version: BackboneVersion,
): Promise<{ chosen?: Chosen }> {
  const plan = run.detection as unknown as DetectionPlan;
  await enter(job, 'embed');
  const { job: fit } = await detector.fitDetectors({
    backboneVersion: version.digest,
    snapshotDigest: run.snapshotDigest,
    methods: plan.methods.map((name) => ({ name, options: undefined })),
    policy: toPolicy(plan),
    seed: run.seed,
    // The same for every attempt of this run: a job that is taken up anew finds the fit that is under way.
    requestId: job.job.id,
  });
  if (!fit) throw new Error('the detector service answered without a job');

  // A service that stops, or a lost lease, leaves the fit to go on: the next attempt finds it.
  const cancelFit = () => {
    if (!(job.signal.reason instanceof CancelledError)) return;
    void repositories.jobs.cancel(fit.id, run.job.createdBy).catch(() => undefined);
  };
  job.signal.addEventListener('abort', cancelFit, { once: true });
  try {
    for await (const event of repositories.jobs.watchEvents(fit.id, 0, job.signal)) {
      if (event.kind === 'stage') await enter(job, event.stage as Stage);
      else if (event.kind === 'progress') await storeEvent(job, { ...event, stage: event.stage as Stage });
      else if (event.kind === 'log') await job.log(event.line);
    }
  } finally {
    job.signal.removeEventListener('abort', cancelFit);
  }
  if (job.signal.aborted) throw new CancelledError(`run ${run.number}`);
  const ended = await repositories.jobs.get(fit.id);
  if (ended.state !== 'succeeded') {
    throw new FailedPreconditionError(
      `the detectors could not be fitted: ${ended.error ?? `the job was ${ended.state}`}`,
    );
  }
  return (ended.result ?? {}) as unknown as { chosen?: Chosen };
}

function toPolicy({ falseAlarmRate, confidence }: DetectionPlan): ThresholdPolicy {
  return { policy: { $case: 'certificate', value: { falseAlarmRate, confidence } }, abstainShare: 0 };
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
