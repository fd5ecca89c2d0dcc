import type { FitDetectorsRequest, FitDetectorsResponse } from '@outsider/contracts';
import { unary } from '@outsider/contracts/server';
import { FailedPreconditionError, InvalidArgumentError, parseDigest } from '@outsider/domain';
import { readPolicy } from '../calibration/threshold-policy.ts';
import type { Context } from '../context.ts';
import { checkMethods } from '../fitting/plan-fits.ts';
import { toFitPayload } from '../jobs/fit-payload.ts';
import { toJobMessage } from '../messages/job-message.ts';

/** FitDetectors: queues the fit. What is wrong with the request itself is said now, not in the job. */
export function fitDetectors({ queue, repositories: { backbones, datasets } }: Context) {
  return unary<FitDetectorsRequest, FitDetectorsResponse>('operator', async (request, { principal }) => {
    const version = await backbones.getVersion(parseDigest(request.backboneVersion, 'backbone_version'));
    const snapshotDigest = request.snapshotDigest
      ? parseDigest(request.snapshotDigest, 'snapshot_digest')
      : version.snapshotDigest;
    const snapshot = await datasets.getSnapshot(snapshotDigest);
    // By name: an imported classifier has its classes in an order of its own, and may know more than there are photos of.
    if (snapshot.classes.some((name) => !version.classes.includes(name))) {
      throw new InvalidArgumentError(
        `snapshot_digest: the snapshot has the classes ${snapshot.classes.join(', ')}, the backbone version ${version.classes.join(', ')}`,
        { field: 'snapshot_digest' },
      );
    }
    if (version.runId !== null && snapshotDigest !== version.snapshotDigest) {
      const { count, first } = await datasets.countTrainedOn(snapshotDigest, version.snapshotDigest);
      // Scores of photos that the network was trained on are lower than those of others: nothing fixed by them would hold.
      if (count > 0) {
        throw new FailedPreconditionError(
          `snapshot_digest: the backbone version was trained on ${count} of the photos that this snapshot holds out, such as "${first}"; no threshold calibrated on them would keep its promise. Take them out, or fit on the version's own snapshot`,
          { field: 'snapshot_digest', reason: 'TRAINED_ON', photos: String(count) },
        );
      }
    }
    const policy = readPolicy(request.policy);
    const methods = checkMethods(request.methods);
    const job = await queue.enqueue({
      kind: 'fit-detectors',
      payload: toFitPayload({ backboneVersion: version.digest, snapshotDigest, methods, policy, seed: request.seed }),
      exclusiveKey: `fit:${version.digest}:${snapshotDigest}`,
      requestId: request.requestId,
      createdBy: principal.name,
    });
    return { job: toJobMessage(job) };
  });
}
