import type { JobContext, JsonObject } from '@outsider/database';
import type { Digest } from '@outsider/domain';
import type { Context } from './context.ts';
import type { DetectionPlan } from './detection-plan.ts';
import { refitDetectors } from './refit-detectors.ts';
import { enterStage } from './store-event.ts';

/** What the job `import` is about. */
export interface ImportPayload {
  readonly backboneVersion: Digest;
  readonly snapshotDigest: Digest;
  readonly plan: DetectionPlan;
  readonly seed: number;
}

export function toImportPayload({ plan, ...payload }: ImportPayload): JsonObject {
  return { ...payload, plan: { ...plan, methods: [...plan.methods] } };
}

/**
 * What the job `import` does for a version that is registered already: its detectors and thresholds, the bundle of the
 * chosen one, and its promotion if the plan asks for it. Each step finds what an earlier attempt has done.
 */
export async function finishImport(context: Context, job: JobContext): Promise<JsonObject> {
  const { repositories } = context;
  const { createdBy: actor } = job.job;
  const { backboneVersion, snapshotDigest, plan, seed } = job.job.payload as unknown as ImportPayload;
  const version = await repositories.backbones.getVersion(backboneVersion);
  const { chosen } = await refitDetectors(context, job, { version, snapshotDigest, plan, seed });
  if (!chosen) {
    await job.log('no detector has a threshold, so there is nothing to promote');
    return { backboneVersion };
  }
  const { detectorId, thresholdId } = chosen;
  const bundle = await repositories.deployments.createBundle({ backboneVersion, detectorId, thresholdId }, actor);
  if (plan.promote) {
    await enterStage(job, 'promote');
    const reason = `import of version ${version.number}: ${chosen.reason}`;
    await repositories.deployments.promote({ bundleId: bundle.id, reason }, actor, job.lease);
    await job.log(`promoted to production: version ${version.number} with ${chosen.method}`);
  }
  return { backboneVersion, bundleId: bundle.id };
}
