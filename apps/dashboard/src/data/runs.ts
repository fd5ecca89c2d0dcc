import 'server-only';
import { cache } from 'react';
import { deploymentRepository, experimentRepository, runRepository, type Run } from '@outsider/database';
import type { FailureClass, RunState } from '@outsider/domain';
import { orAbsent } from './absent.ts';
import { findDetectorOfBundle } from './detectors.ts';
import { readPlan, type PlanView } from './json.ts';
import { readRecipe, type RecipeView } from './read-recipe.ts';
import { readRunFigures, type RunFigures } from './run-figures.ts';
import { database } from './store.ts';

/** A run as lists show it. */
export interface RunRow {
  readonly id: string;
  readonly number: number;
  readonly experimentId: string;
  readonly experiment: string;
  readonly state: RunState;
  readonly stage: string;
  /** Of the whole run, 0…1. */
  readonly progress: number;
  readonly error: string | null;
  readonly createdAt: string;
  /** Since it started; until now while it runs; null before. */
  readonly seconds: number | null;
  readonly recipe: RecipeView;
  readonly validationAccuracy: number | null;
  /** Of the bundle that the run ended in. */
  readonly method: string | null;
  readonly worst: { readonly group: string; readonly auroc: number } | null;
  /** Its backbone version is in production now, with whichever detector. */
  readonly inProduction: boolean;
}

/** A run as its own page shows it. */
export interface RunView extends RunRow {
  readonly jobId: string;
  readonly createdBy: string;
  readonly failureClass: FailureClass | null;
  readonly cancelRequested: boolean;
  readonly snapshotDigest: string;
  readonly plan: PlanView;
  readonly backend: string | null;
  readonly parent: { readonly id: string; readonly number: number } | null;
  readonly backboneVersion: string | null;
  readonly bundleId: string | null;
  readonly figures: RunFigures;
  readonly backbone: string;
  readonly startedAt: string | null;
}

/** Newest first. */
export async function listRuns(
  request: { readonly experimentId?: string; readonly limit?: number } = {},
): Promise<RunRow[]> {
  const { limit = 200, ...of } = request;
  const { items } = await runRepository(database()).list({ ...of, pageSize: limit });
  return Promise.all(items.map(toRunRow));
}

export const findRun = cache(async (id: string): Promise<RunView | undefined> => {
  const runs = runRepository(database());
  const run = await orAbsent(runs.get(id));
  if (!run) return undefined;
  const [row, experiment, parent] = await Promise.all([
    toRunRow(run),
    experimentRepository(database()).get(run.experimentId),
    run.parentRunId ? orAbsent(runs.get(run.parentRunId)) : undefined,
  ]);
  return {
    ...row,
    jobId: run.job.id,
    createdBy: run.job.createdBy,
    failureClass: run.job.failureClass,
    cancelRequested: run.job.cancelRequestedAt !== null,
    snapshotDigest: run.snapshotDigest,
    plan: readPlan(run.detection),
    backend: run.backend,
    parent: parent ? { id: parent.id, number: parent.number } : null,
    backboneVersion: run.backboneVersion,
    bundleId: run.bundleId,
    figures: readRunFigures(run.summary),
    backbone: experiment.backbone,
    startedAt: run.job.startedAt?.toISOString() ?? null,
  };
});

/** Id of the run that a job executes. */
export async function findRunOfJob(jobId: string): Promise<string | undefined> {
  return (await runRepository(database()).findByJob(jobId))?.id;
}

const experimentName = cache(
  async (id: string): Promise<string> => (await experimentRepository(database()).get(id)).name,
);

const versionsInProduction = cache(async (): Promise<ReadonlySet<string>> => {
  const current = await deploymentRepository(database()).listCurrent();
  return new Set(current.filter(({ alias }) => alias === 'production').map(({ bundle }) => bundle.backboneVersion));
});

async function toRunRow(run: Run): Promise<RunRow> {
  const [experiment, detector, production] = await Promise.all([
    experimentName(run.experimentId),
    run.bundleId ? findDetectorOfBundle(run.bundleId) : undefined,
    versionsInProduction(),
  ]);
  const { job } = run;
  const ended = job.finishedAt ?? new Date();
  return {
    id: run.id,
    number: run.number,
    experimentId: run.experimentId,
    experiment,
    state: job.state,
    stage: job.stage,
    progress: job.progress,
    error: job.error,
    createdAt: run.createdAt.toISOString(),
    seconds: job.startedAt ? (ended.getTime() - job.startedAt.getTime()) / 1000 : null,
    recipe: readRecipe(run.recipe),
    validationAccuracy: readRunFigures(run.summary).validationAccuracy,
    method: detector?.method ?? null,
    worst: detector?.worst ?? null,
    inProduction: run.backboneVersion !== null && production.has(run.backboneVersion),
  };
}
