import {
  inTransaction,
  type BackboneVersion,
  type JobContext,
  type JobHandler,
  type JsonValue,
  type SnapshotItem,
} from '@outsider/database';
import { DomainError, FailedPreconditionError, type Stage } from '@outsider/domain';
import type { Context } from '../context.ts';
import { embedVariants, type EmbeddedVariants } from '../embedding/embed-variants.ts';
import { ensureActivationSets } from '../embedding/ensure-activation-sets.ts';
import type { FitRow } from '../fitting/fit-task.ts';
import { planFits, type NotFitted } from '../fitting/plan-fits.ts';
import { runFitProcess, type FitOutcome } from '../fitting/run-fit-process.ts';
import { calibrateFitted, type CalibratedMethod } from './calibrate-fitted.ts';
import { findPublished } from './find-published.ts';
import { readFitPayload, type FitPayload } from './fit-payload.ts';
import { outlastStoreOutage } from './outlast-store-outage.ts';
import { paced } from './paced.ts';
import { publishDetectors, type FitResult } from './publish-detectors.ts';

/** Where each stage lies within the whole job: embedding takes most of it. */
const spans = { embed: [0, 0.5], fit: [0.5, 0.95], calibrate: [0.95, 1] } as const satisfies Partial<
  Record<Stage, readonly [number, number]>
>;

/**
 * The job `fit-detectors`: embeds the snapshot where that has not been done, fits in a process of its own, calibrates,
 * and publishes all detectors with their thresholds at once. Until then it leaves nothing but activations and artifacts,
 * which a second attempt finds and uses.
 */
export function fitDetectorsJob(context: Context): JobHandler {
  return async (job) => {
    const payload = readFitPayload(job.job.payload);
    const { repositories } = context;
    const published = await outlastStoreOutage(job.signal, () => findPublished(repositories, job, payload));
    return (published ?? (await fitAndPublish(context, job, payload))) as unknown as JsonValue;
  };
}

async function fitAndPublish(context: Context, job: JobContext, payload: FitPayload): Promise<FitResult> {
  const { backbones, datasets } = context.repositories;
  const [version, items] = await outlastStoreOutage(job.signal, () =>
    Promise.all([backbones.getVersion(payload.backboneVersion), datasets.readItems(payload.snapshotDigest)]),
  );
  await enter(job, 'embed');
  const activationSets = await embed(context, job, version, payload, items);
  const variants = await tryVariants(context, job, version, items);
  await enter(job, 'fit');
  const outcome = await fit(context, job, version, payload, items, activationSets, variants);
  await enter(job, 'calibrate');
  const calibrated = await calibrateFitted(context, payload, items, outcome);
  await sayWhatHasNoThreshold(job, calibrated);

  const { lease, job: row } = job;
  const published = await outlastStoreOutage(job.signal, async () => {
    // The answer to an earlier try may have been lost with the connection.
    const earlier = await findPublished(context.repositories, job, payload);
    const { createdBy: actor } = row;
    const publication = { version, payload, calibrated, outcome, variants: variants.variants, lease, actor };
    return earlier ?? (await inTransaction(context.db, (tx) => publishDetectors(tx, publication)));
  });
  if (published.chosen) await job.log(`chosen: ${published.chosen.method}. ${published.chosen.reason}`);
  return published;
}

async function embed(
  { embedding, artifacts, repositories }: Context,
  job: JobContext,
  version: BackboneVersion,
  { snapshotDigest }: FitPayload,
  items: readonly SnapshotItem[],
) {
  const progress = paced((fraction, note) => setProgress(job, 'embed', fraction, note));
  const { sets, embedded } = await ensureActivationSets(
    { client: embedding, artifacts, activationSets: repositories.activationSets },
    {
      version,
      snapshotDigest,
      items,
      lease: job.lease,
      signal: job.signal,
      onProgress: (done, total) => progress.report(done / total, `${done} of ${total} photos`),
    },
  );
  await progress.settled();
  await job.log(
    embedded > 0 ? `embedded ${embedded} photos` : `the activations of ${items.length} photos are stored already`,
  );
  return sets;
}

/** Robustness figures are an extra: where they cannot be had, the fit goes on without and says so. */
async function tryVariants(
  { embedding, artifacts }: Context,
  job: JobContext,
  version: BackboneVersion,
  items: readonly SnapshotItem[],
): Promise<EmbeddedVariants> {
  try {
    return await embedVariants({ client: embedding, artifacts }, version, items, job.signal);
  } catch (error) {
    if (!(error instanceof DomainError) || job.signal.aborted) throw error;
    await job.log(`no robustness figures: ${error.message}`);
    return { variants: [], activationSets: [] };
  }
}

async function fit(
  { config }: Context,
  job: JobContext,
  version: BackboneVersion,
  { methods, seed }: FitPayload,
  items: readonly SnapshotItem[],
  activationSets: Awaited<ReturnType<typeof embed>>,
  { variants, activationSets: variantSets }: EmbeddedVariants,
): Promise<FitOutcome> {
  const rows = items.map((item) => toFitRow(item, version.classes));
  const taught = rows.filter(({ split }) => split === 'fit');
  const { fits, notFitted } = planFits(methods, {
    irrelevantToLearnFrom: taught.filter(({ label }) => label < 0).length,
    inDistributionToLearnFrom: taught.filter(({ label }) => label >= 0).length,
    layers: version.layers.map(({ layer }) => layer),
    hasOutputLayer: true,
  });
  await sayWhatIsNotFitted(job, notFitted);
  if (fits.length === 0) throw nothingFitted(notFitted);

  const progress = paced((fraction, note) => setProgress(job, 'fit', fraction, note));
  const outcome = await runFitProcess(
    {
      artifactsDir: config.artifactsDir,
      backboneVersion: version.digest,
      activationSets: activationSets.map(({ layer, artifact }) => ({ layer, artifact })),
      headArtifact: version.headArtifact,
      rows,
      classes: version.classes.length,
      fits,
      ...(variants.length > 0 && { variants: { rows: variants.length, activationSets: variantSets } }),
      seed,
    },
    { signal: job.signal, onProgress: progress.report },
  );
  await progress.settled();
  await sayWhatIsNotFitted(job, outcome.notFitted);
  const all = { ...outcome, notFitted: [...notFitted, ...outcome.notFitted] };
  if (all.fitted.length === 0) throw nothingFitted(all.notFitted);
  return all;
}

/** @throws {FailedPreconditionError} for a label that is none of the version's classes */
function toFitRow({ split, label, group, path }: SnapshotItem, classes: readonly string[]): FitRow {
  if (label === null) return { split, label: -1, group: group ?? '' };
  const index = classes.indexOf(label);
  if (index < 0)
    throw new FailedPreconditionError(`photo "${path}" is of class "${label}", which the backbone does not know`);
  return { split, label: index, group: '' };
}

function nothingFitted(notFitted: readonly NotFitted[]): DomainError {
  const reasons = notFitted.map(({ method, reason }) => `${method}: ${reason}`).join('; ');
  return new FailedPreconditionError(`no detector could be fitted: ${reasons}`, { reason: 'NOTHING_FITTED' });
}

async function sayWhatIsNotFitted(job: JobContext, notFitted: readonly NotFitted[]): Promise<void> {
  for (const { method, reason } of notFitted) await job.log(`${method} is not fitted: ${reason}`);
}

async function sayWhatHasNoThreshold(job: JobContext, calibrated: readonly CalibratedMethod[]): Promise<void> {
  const refused = calibrated.filter(({ refusal }) => refusal !== undefined);
  const bySentence = Map.groupBy(refused, ({ refusal }) => refusal);
  for (const [sentence, methods] of bySentence) {
    await job.log(`no threshold for ${methods.map(({ fitted }) => fitted.method).join(', ')}: ${sentence}`);
  }
}

function enter(job: JobContext, stage: keyof typeof spans): Promise<void> {
  return job.setStage(stage, spans[stage][0]);
}

function setProgress(job: JobContext, stage: keyof typeof spans, fraction: number, note: string): Promise<void> {
  const [from, to] = spans[stage];
  return job.setProgress({ fraction, note, jobFraction: from + (to - from) * fraction });
}
