import type { ThresholdPolicy } from '@outsider/contracts';
import type { BackboneVersion, JobContext } from '@outsider/database';
import { CancelledError, FailedPreconditionError, type Digest, type Stage } from '@outsider/domain';
import type { Context } from './context.ts';
import type { DetectionPlan } from './detection-plan.ts';
import { enterStage, storeEvent } from './store-event.ts';

/** Which detectors to fit, on what. */
export interface Refit {
  readonly version: BackboneVersion;
  readonly snapshotDigest: Digest;
  readonly plan: DetectionPlan;
  readonly seed: number;
}

/** The detector that the comparison of methods chose, with its threshold. */
export interface Chosen {
  readonly detectorId: string;
  readonly thresholdId: string;
  readonly method: string;
  readonly reason: string;
}

/**
 * Asks the detector service, and shows its progress as this job's.
 *
 * @throws {FailedPreconditionError} when no detector could be fitted
 * @throws {CancelledError} when the job is cancelled; the fit is cancelled with it
 */
export async function refitDetectors(
  { repositories, detector }: Context,
  job: JobContext,
  { version, snapshotDigest, plan, seed }: Refit,
): Promise<{ chosen?: Chosen }> {
  await enterStage(job, 'embed');
  const { job: fit } = await detector.fitDetectors({
    backboneVersion: version.digest,
    snapshotDigest,
    methods: plan.methods.map((name) => ({ name, options: undefined })),
    policy: toPolicy(plan),
    seed,
    // The same for every attempt of this job: one that is taken up anew finds the fit that is under way.
    requestId: job.job.id,
  });
  if (!fit) throw new Error('the detector service answered without a job');

  // A service that stops, or a lost lease, leaves the fit to go on: the next attempt finds it.
  const cancelFit = () => {
    if (!(job.signal.reason instanceof CancelledError)) return;
    void repositories.jobs.cancel(fit.id, job.job.createdBy).catch(() => undefined);
  };
  job.signal.addEventListener('abort', cancelFit, { once: true });
  try {
    for await (const event of repositories.jobs.watchEvents(fit.id, 0, job.signal)) {
      if (event.kind === 'stage') await enterStage(job, event.stage as Stage);
      else if (event.kind === 'progress') await storeEvent(job, { ...event, stage: event.stage as Stage });
      else if (event.kind === 'log') await job.log(event.line);
    }
  } finally {
    job.signal.removeEventListener('abort', cancelFit);
  }
  if (job.signal.aborted) throw new CancelledError('the fit of detectors');
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
