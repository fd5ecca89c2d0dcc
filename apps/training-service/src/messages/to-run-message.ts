import type { Experiment as ExperimentMessage, Run as RunMessage } from '@outsider/contracts';
import type { Experiment, Run } from '@outsider/database';
import { toDetectionPlanMessage, type DetectionPlan } from '../detection-plan.ts';
import { toRecipeMessage, type Recipe } from '../recipe.ts';
import { toJobMessage } from './to-job-message.ts';

export function toRunMessage(run: Run): RunMessage {
  return {
    id: run.id,
    experimentId: run.experimentId,
    number: run.number,
    snapshotDigest: run.snapshotDigest,
    recipe: toRecipeMessage(run.recipe as unknown as Recipe),
    detection: toDetectionPlanMessage(run.detection as unknown as DetectionPlan),
    job: toJobMessage(run.job),
    backboneVersion: run.backboneVersion ?? '',
    bundleId: run.bundleId ?? '',
    parentRunId: run.parentRunId ?? '',
  };
}

export function toExperimentMessage({ id, name, description, backbone, createdAt }: Experiment): ExperimentMessage {
  return { id, name, description, backbone, createTime: createdAt };
}
