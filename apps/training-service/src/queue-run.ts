import { runRepository, type Run } from '@outsider/database';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import type { Context } from './context.ts';
import type { DetectionPlan } from './detection-plan.ts';
import type { Recipe } from './recipe.ts';

export interface RunRequest {
  readonly experimentId: string;
  readonly snapshotDigest: string;
  readonly recipe: Recipe;
  readonly detection: DetectionPlan;
  readonly parentRunId?: string;
  readonly requestId: string;
}

/**
 * Queues a run and its job in one transaction. A backbone has at most one unfinished run.
 *
 * @throws {AbortedError} with the id of the unfinished run's job
 * @throws {NotFoundError} for an unknown experiment or snapshot
 * @throws {FailedPreconditionError} when the backbone has another architecture than the recipe
 */
export async function queueRun({ repositories, queue }: Context, request: RunRequest, actor: string): Promise<Run> {
  const { experimentId, snapshotDigest, recipe, detection, parentRunId, requestId } = request;
  const experiment = await repositories.experiments.get(experimentId);
  const snapshot = await repositories.datasets.getSnapshot(snapshotDigest);
  if (snapshot.classes.length < 2) {
    throw new InvalidArgumentError(
      `a classifier needs two classes or more; snapshot ${snapshotDigest.slice(0, 12)} has ${snapshot.classes.length}`,
    );
  }
  const backbone = await repositories.backbones.get(experiment.backbone);
  if (backbone.architecture !== recipe.architecture) {
    throw new FailedPreconditionError(
      `backbone "${backbone.name}" is a ${backbone.architecture}; a run that trains a ${recipe.architecture} needs another backbone`,
    );
  }
  // One sigmoid tells two classes apart; more need a softmax.
  const settled: Recipe = snapshot.classes.length > 2 ? { ...recipe, output: 'softmax' } : recipe;
  const job = await queue.enqueue(
    {
      kind: 'train',
      payload: {},
      exclusiveKey: `train:${backbone.id}`,
      requestId: requestId || undefined,
      createdBy: actor,
    },
    async (tx, queued) => {
      await runRepository(tx).create(
        {
          experimentId,
          jobId: queued.id,
          snapshotDigest,
          recipe: { ...settled },
          detection: { ...detection, methods: [...detection.methods] },
          seed: recipe.seed,
          parentRunId,
        },
        actor,
      );
    },
  );
  const run = await repositories.runs.findByJob(job.id);
  if (!run) throw new Error(`job ${job.id} was queued without its run`);
  return run;
}
