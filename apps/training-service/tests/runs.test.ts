import { randomUUID } from 'node:crypto';
import {
  createClient,
  FailureClass,
  JobState,
  Recipe,
  TrainingServiceClient,
  type JobEvent,
  type Run,
} from '@outsider/contracts';
import { AbortedError, InvalidArgumentError, NotFoundError, PermissionDeniedError } from '@outsider/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPhotos, header } from './draw-photos.ts';
import { serveTraining, type ServedTraining } from './serve-training.ts';

/** Long enough for a tiny network on a slow machine. */
const runMs = 90_000;

/** No detector service runs here: a run ends where it would ask for its detectors to be fitted. */
describe('runs', () => {
  let served: ServedTraining;
  let training: ReturnType<typeof trainingClient>;
  let snapshotDigest: string;

  function trainingClient(token: string) {
    return createClient(TrainingServiceClient, served.address, { token });
  }

  async function experiment(name: string): Promise<string> {
    const request = { name, description: '', backbone: name, architecture: 'tiny', requestId: '' };
    return (await training.createExperiment(request)).experiment?.id ?? '';
  }

  async function start(experimentId: string, recipe: Partial<Recipe> = {}, requestId = ''): Promise<Run> {
    const { run } = await training.startRun({
      experimentId,
      snapshotDigest,
      recipe: Recipe.create({ architecture: 'tiny', units: 32, epochs: 2, seed: 1, ...recipe }),
      detection: undefined,
      requestId,
    });
    if (!run) throw new Error('no run');
    return run;
  }

  async function follow(run: Run, until: (event: JobEvent) => boolean = () => false): Promise<JobEvent[]> {
    const events: JobEvent[] = [];
    for await (const { event } of served.operator.jobs.watchJob({ jobId: run.job?.id ?? '', afterSequence: 0 })) {
      if (!event) continue;
      events.push(event);
      if (until(event)) break;
    }
    return events;
  }

  beforeAll(async () => {
    served = await serveTraining();
    training = trainingClient(served.operatorToken);
    const { snapshot } = await served.operator.datasets.importSnapshot([header(), ...(await goodPhotos())]);
    snapshotDigest = snapshot?.digest ?? '';
  }, 60_000);

  afterAll(async () => {
    training.close();
    await served.stop();
  });

  it('train, verify and register a version before they ask for detectors', { timeout: runMs }, async () => {
    const run = await start(await experiment('whole'));
    const events = await follow(run);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    const stages = events.flatMap(({ event }) => (event?.$case === 'stage' ? event.value : []));
    expect(stages).toEqual(['prepare', 'features', 'train', 'export', 'verify', 'register', 'embed']);
    const losses = events.flatMap(({ event }) =>
      event?.$case === 'metric' && event.value.key === 'train.loss' ? event.value.value : [],
    );
    expect(losses.length).toBeGreaterThan(1);
    expect(losses.every(Number.isFinite)).toBe(true);

    const { run: ended } = await training.getRun({ runId: run.id });
    expect(ended?.job).toMatchObject({
      state: JobState.JOB_STATE_FAILED,
      failureClass: FailureClass.FAILURE_CLASS_INFRASTRUCTURE,
    });
    expect(ended?.job?.error).toMatch(/127\.0\.0\.1:1/);
    const { version } = await served.operator.backbones.getBackboneVersion({ digest: ended?.backboneVersion ?? '' });
    expect(version).toMatchObject({
      backbone: 'whole',
      number: 1,
      architecture: 'tiny',
      runId: run.id,
      classes: ['cat', 'dog'],
    });
    expect(version?.layers).toContainEqual({ layer: 'relevant_layer', dimension: 32 });
  });

  it('fine-tune from new layers that were trained alone, and keep whichever did best', { timeout: runMs }, async () => {
    const run = await start(await experiment('fine-tuned'), {
      ...{ name: 'fine-tune', headEpochs: 4, epochs: 3, patience: 0, batchSize: 8 },
      learningRate: 0.05,
    });
    const events = await follow(run);
    const lines = events.flatMap(({ event }) => (event?.$case === 'log' ? event.value : []));
    const first = events.findIndex(({ event }) => event?.$case === 'log' && /^the new layers alone:/.test(event.value));
    // The losses of what training starts from are told just before its line.
    const losses = events.flatMap(({ event }, i) =>
      i >= first - 2 && event?.$case === 'metric' && event.value.key === 'validation.loss' ? event.value.value : [],
    );
    expect(losses).toHaveLength(4);
    const best = losses.indexOf(Math.min(...losses));
    expect(lines).toContainEqual(
      expect.stringMatching(best === 0 ? /^kept the new layers alone/ : `^kept the weights of epoch ${best},`),
    );
  });

  it('of one backbone go one at a time; the same request is the same run', { timeout: runMs }, async () => {
    const experimentId = await experiment('single');
    const requestId = randomUUID();
    const first = await start(experimentId, {}, requestId);
    expect((await start(experimentId, {}, requestId)).id).toBe(first.id);

    const second = start(experimentId);
    await expect(second).rejects.toThrow(AbortedError);
    await expect(second).rejects.toThrow(first.job?.id);
    await follow(first);
  });

  it(
    'stop in the middle of their epochs when they are cancelled, and register nothing',
    { timeout: runMs },
    async () => {
      const run = await start(await experiment('cancelled'), { epochs: 1000 });
      await follow(run, ({ event }) => event?.$case === 'metric');
      await served.operator.jobs.cancelJob({ jobId: run.job?.id ?? '' });
      await follow(run);
      const { run: ended } = await training.getRun({ runId: run.id });
      expect(ended?.job?.state).toBe(JobState.JOB_STATE_CANCELLED);
      expect(ended?.job?.stage).toBe('train');
      expect(ended?.backboneVersion).toBe('');
    },
  );

  it('are retrained with what the request changes, the rest as before', { timeout: runMs }, async () => {
    const first = await start(await experiment('again'), { seed: 5 });
    await follow(first);
    const { run: second } = await training.retrain({
      runId: first.id,
      snapshotDigest: '',
      recipe: undefined,
      detection: undefined,
      requestId: '',
    });
    expect(second).toMatchObject({ parentRunId: first.id, number: 2, snapshotDigest, recipe: { seed: 5, units: 32 } });
    await follow(second as Run);
    const versions = await Promise.all(
      [first, second].map(async (run) => (await training.getRun({ runId: run?.id ?? '' })).run?.backboneVersion),
    );
    expect(versions[0]).toMatch(/^[0-9a-f]{64}$/);
    // Equal settings on equal photos give equal weights, hence the same version.
    expect(versions[1]).toBe(versions[0]);
  });

  it('are refused with a sentence for settings that cannot be', async () => {
    const experimentId = await experiment('refused');
    await expect(start(experimentId, { dropout: 1.5 })).rejects.toThrow(InvalidArgumentError);
    await expect(start(experimentId, { dropout: 1.5 })).rejects.toThrow('recipe.dropout: expected 0 to 0.9, got 1.5');
    await expect(start(experimentId, { architecture: 'resnet50' })).rejects.toThrow(/is a tiny/);
    await expect(start(randomUUID())).rejects.toThrow(NotFoundError);
    const viewer = trainingClient(served.viewerToken);
    const request = { name: 'x', description: '', backbone: 'x', architecture: '', requestId: '' };
    await expect(viewer.createExperiment(request)).rejects.toThrow(PermissionDeniedError);
    viewer.close();
  });
});
