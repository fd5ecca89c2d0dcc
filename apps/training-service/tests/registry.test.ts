import { JobState, Split } from '@outsider/contracts';
import { digestOf, sampleBundleParts, sampleSnapshot } from '@outsider/database/testing';
import { datasetRepository, jobQueue, type JobQueue } from '@outsider/database';
import {
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  PermissionDeniedError,
  type DomainError,
} from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTraining, type ServedTraining } from './serve-training.ts';

let served: ServedTraining;
let one: Awaited<ReturnType<typeof sampleBundleParts>>;
let other: Awaited<ReturnType<typeof sampleBundleParts>>;
beforeAll(async () => {
  served = await serveTraining();
  one = await sampleBundleParts(served.db);
  other = await sampleBundleParts(served.db);
}, 60_000);
afterAll(() => served.stop(), 30_000);

const firstPage = { pageSize: 0, pageToken: '' };

describe('DatasetService', { timeout: 20_000 }, () => {
  it('pages through snapshots and items', async () => {
    const { datasets } = served.viewer;
    for (const name of ['a', 'b']) await datasetRepository(served.db).createSnapshot(sampleSnapshot(name), 'ada');
    const page = await datasets.listSnapshots({ pageSize: 2, pageToken: '', dataset: '' });
    const rest = await datasets.listSnapshots({ pageSize: 2, pageToken: page.nextPageToken, dataset: '' });
    expect([...page.snapshots, ...rest.snapshots].map(({ dataset }) => dataset)).toEqual(['b', 'a', 'pets']);
    expect(rest.nextPageToken).toBe('');
    expect((await datasets.listSnapshots({ ...firstPage, dataset: 'a' })).snapshots).toHaveLength(1);

    const { digest, items } = sampleSnapshot('a');
    const { snapshot } = await datasets.getSnapshot({ digest });
    expect(snapshot).toMatchObject({ digest, dataset: 'a', classes: ['cat', 'dog'], groups: ['cars'] });
    expect(snapshot?.counts).toContainEqual({ split: Split.SPLIT_SELECT, label: '', group: 'cars', photos: 2 });
    const listed = await datasets.listSnapshotItems({ digest, pageSize: 3, pageToken: '' });
    expect(listed.items.map(({ position, contentDigest }) => [position, contentDigest])).toEqual(
      items.slice(0, 3).map(({ position, contentDigest }) => [position, contentDigest]),
    );
    await expect(datasets.listSnapshotItems({ digest, pageSize: 3, pageToken: page.nextPageToken })).rejects.toThrow(
      InvalidArgumentError,
    );
  });

  it('names what is not there', async () => {
    await expect(served.viewer.datasets.getSnapshot({ digest: digestOf('nothing') })).rejects.toThrow(NotFoundError);
    await expect(served.viewer.datasets.getSnapshot({ digest: '' })).rejects.toThrow('no snapshot ""');
    await expect(served.viewer.datasets.listSnapshotItems({ digest: 'x', ...firstPage })).rejects.toThrow(
      NotFoundError,
    );
  });
});

describe('BackboneService', { timeout: 20_000 }, () => {
  it('tells backbones and their versions, newest first', async () => {
    const { backbones } = await served.viewer.backbones.listBackbones(firstPage);
    expect(backbones).toMatchObject([{ name: 'pets', architecture: 'tiny' }]);
    const { versions } = await served.viewer.backbones.listBackboneVersions({ backbone: 'pets', ...firstPage });
    expect(versions.map(({ number, digest }) => [number, digest])).toEqual([
      [2, other.version.digest],
      [1, one.version.digest],
    ]);
    const { version } = await served.viewer.backbones.getBackboneVersion({ digest: one.version.digest });
    expect(version).toMatchObject({
      backbone: 'pets',
      number: 1,
      classes: ['cat', 'dog'],
      layers: one.version.layers,
      snapshotDigest: one.run.snapshotDigest,
      runId: one.run.id,
    });
    await expect(served.viewer.backbones.getBackboneVersion({ digest: digestOf('nothing') })).rejects.toThrow(
      NotFoundError,
    );
  });
});

describe('DeploymentService', { timeout: 20_000 }, () => {
  it('promotes bundles and rolls them back, with who and why', async () => {
    const { deployments } = served.operator;
    await expect(deployments.getDeployment({ backbone: '', alias: '' })).rejects.toThrow(NotFoundError);
    const bundles = [];
    for (const { version, detector, threshold } of [one, other]) {
      const { bundle } = await deployments.createBundle({
        backboneVersion: version.digest,
        detectorId: detector.id,
        thresholdId: threshold.id,
      });
      bundles.push(bundle?.id ?? '');
      await deployments.promoteBundle({ bundleId: bundle?.id ?? '', alias: '', reason: 'better' });
    }
    const rolledBack = await deployments.rollBackDeployment({
      backbone: 'pets',
      alias: 'production',
      reason: 'too many alarms',
    });
    expect(rolledBack.deployment).toMatchObject({
      bundle: { id: bundles[0] },
      author: 'olga',
      reason: 'too many alarms',
    });
    const { deployment } = await served.viewer.deployments.getDeployment({ backbone: '', alias: '' });
    expect(deployment).toEqual(rolledBack.deployment);
    const history = await served.viewer.deployments.listDeployments({ backbone: 'pets', ...firstPage });
    expect(history.deployments.map(({ bundle }) => bundle?.id)).toEqual([bundles[0], bundles[1], bundles[0]]);
    await expect(deployments.rollBackDeployment({ backbone: 'pets', alias: '', reason: 'again' })).rejects.toThrow(
      FailedPreconditionError,
    );
  });

  it('refuses to mix backbone versions', async () => {
    const mixture = {
      backboneVersion: one.version.digest,
      detectorId: other.detector.id,
      thresholdId: other.threshold.id,
    };
    const error = (await served.operator.deployments
      .createBundle(mixture)
      .catch((reason: unknown) => reason)) as DomainError;
    expect(error).toBeInstanceOf(FailedPreconditionError);
    expect(error.details).toMatchObject({ reason: 'DETECTOR_BACKBONE_MISMATCH' });
  });

  it('refuses unknown ids and aliases, a missing reason, and viewers', async () => {
    const { deployments } = served.operator;
    await expect(deployments.promoteBundle({ bundleId: crypto.randomUUID(), alias: '', reason: 'x' })).rejects.toThrow(
      NotFoundError,
    );
    await expect(deployments.promoteBundle({ bundleId: 'x', alias: 'staging', reason: 'x' })).rejects.toThrow(
      'expected "production" or "shadow"',
    );
    await expect(deployments.rollBackDeployment({ backbone: 'unknown', alias: '', reason: 'x' })).rejects.toThrow(
      NotFoundError,
    );
    await expect(deployments.rollBackDeployment({ backbone: 'pets', alias: '', reason: ' ' })).rejects.toThrow(
      'reason: expected one sentence',
    );
    await expect(served.viewer.deployments.promoteBundle({ bundleId: 'x', alias: '', reason: 'x' })).rejects.toThrow(
      PermissionDeniedError,
    );
    await expect(
      served.viewer.deployments.rollBackDeployment({ backbone: 'pets', alias: '', reason: 'x' }),
    ).rejects.toThrow(PermissionDeniedError);
    await expect(served.viewer.jobs.cancelJob({ jobId: 'x' })).rejects.toThrow(PermissionDeniedError);
  });
});

describe('JobService', { timeout: 20_000 }, () => {
  let queue: JobQueue;
  beforeAll(() => {
    const url = served.databaseUrl;
    queue = jobQueue({ url, db: served.db });
  });
  afterAll(() => queue.stop(), 20_000);

  it('lets a broken watch resume after the last event seen, and ends it with the job', async () => {
    const { id: jobId } = await queue.enqueue({ kind: 'fit-detectors', payload: {}, createdBy: 'ada' });
    const seen: number[] = [];
    for await (const { event } of served.viewer.jobs.watchJob({ jobId, afterSequence: 0 })) {
      seen.push(event?.sequence ?? 0);
      break;
    }
    const lines: unknown[] = [];
    const resumed = (async () => {
      for await (const { event } of served.viewer.jobs.watchJob({ jobId, afterSequence: seen.at(-1) ?? 0 })) {
        seen.push(event?.sequence ?? 0);
        lines.push(event?.event);
      }
    })();
    await queue.work('fit-detectors', async ({ emit, log }) => {
      await emit({ kind: 'metric', key: 'train.loss', step: 3, value: Number.NaN });
      await log('halfway');
    });
    await resumed;
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(lines).toEqual([
      { $case: 'state', value: JobState.JOB_STATE_RUNNING },
      { $case: 'metric', value: { key: 'train.loss', step: 3, value: Number.NaN } },
      { $case: 'log', value: 'halfway' },
      { $case: 'state', value: JobState.JOB_STATE_SUCCEEDED },
    ]);
  });

  it('lists, tells and cancels jobs', async () => {
    const { jobs } = await served.viewer.jobs.listJobs({ pageSize: 2, pageToken: '' });
    expect(jobs).toHaveLength(2);
    const running = jobs.find(({ state }) => state === JobState.JOB_STATE_RUNNING);
    const { job } = await served.operator.jobs.cancelJob({ jobId: running?.id ?? '' });
    expect(job?.id).toBe(running?.id);
    const { job: told } = await served.viewer.jobs.getJob({ jobId: running?.id ?? '' });
    expect(told).toMatchObject({ kind: 'train', createdBy: 'tester', attempt: 1 });
    await expect(served.viewer.jobs.getJob({ jobId: 'x' })).rejects.toThrow('no job "x"');
    await expect(served.operator.jobs.cancelJob({ jobId: crypto.randomUUID() })).rejects.toThrow(NotFoundError);
    const nowhere = served.viewer.jobs.watchJob({ jobId: crypto.randomUUID(), afterSequence: 0 });
    await expect(nowhere[Symbol.asyncIterator]().next()).rejects.toThrow(NotFoundError);
  });
});
