import type { JobContext } from '@outsider/database';
import type { Evaluation } from '../fitting/evaluation.ts';
import type { Repositories } from '../repositories.ts';
import type { FitPayload } from './fit-payload.ts';
import type { Chosen, FitResult } from './publish-detectors.ts';

/**
 * What an earlier attempt of this job has published, when its worker was lost before it could say so; undefined when
 * nothing was. All detectors of a job are published at once, so there is never a part of them.
 */
export async function findPublished(
  { detectors }: Pick<Repositories, 'detectors'>,
  { job }: Pick<JobContext, 'job'>,
  { methods }: FitPayload,
): Promise<FitResult | undefined> {
  const { items } = await detectors.list({ jobId: job.id, pageSize: 1000 });
  if (items.length === 0) return undefined;
  const order = methods.map(({ method }) => method);
  const published = items.toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
  let chosen: Chosen | null = null;
  for (const { id, method, threshold, evaluation } of published) {
    const { chosen: reason } = evaluation as unknown as Evaluation;
    if (reason !== null && threshold) chosen = { detectorId: id, thresholdId: threshold.id, method, reason };
  }
  const reason = 'an earlier attempt of this job found why: see its log';
  return {
    detectors: published.map(({ id }) => id),
    chosen,
    notFitted: order
      .filter((method) => !published.some((detector) => detector.method === method))
      .map((method) => ({ method, reason })),
    withoutThreshold: published
      .filter(({ threshold }) => threshold === null)
      .map(({ id, method }) => ({ detectorId: id, method, reason })),
  };
}
