import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  createClient,
  DatasetServiceClient,
  FailureClass,
  JobServiceClient,
  JobState,
  Recipe,
  TrainingServiceClient,
  type JobEvent,
  type Run,
} from '@outsider/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodPhotos, header } from './draw-photos.ts';
import { makeStore, serveTraining, type ServedTraining } from './serve-training.ts';

function mountDisk(folder: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
}

const canMount = (() => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'outsider-mount-'));
  try {
    mountDisk(folder, '64k');
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();

/** Long enough for some tiny networks on a slow machine, and for a lost service to be noticed. */
const timeout = 240_000;

/** All that trains: the layers from the second block on, photos bent, several epochs of several steps. */
const recipe = {
  name: 'tutorial',
  architecture: 'tiny',
  units: 32,
  epochs: 5,
  batchSize: 8,
  samplesPerEpoch: 32,
  seed: 3,
};

describe('a training that is interrupted', () => {
  let served: ServedTraining;
  let snapshotDigest: string;

  beforeAll(async () => {
    served = await serveTraining();
    const { snapshot } = await served.operator.datasets.importSnapshot([header(), ...(await goodPhotos())]);
    snapshotDigest = snapshot?.digest ?? '';
  }, 60_000);
  afterAll(() => served.stop());

  function clientsAt(address: string, token = served.operatorToken) {
    const settings = { token };
    return {
      training: createClient(TrainingServiceClient, address, settings),
      jobs: createClient(JobServiceClient, address, settings),
    };
  }
  type Clients = ReturnType<typeof clientsAt>;

  async function start(
    { training }: Clients,
    backbone: string,
    changes: Partial<Recipe> = {},
    digest = snapshotDigest,
  ): Promise<Run> {
    const { experiment } = await training.createExperiment({
      name: backbone,
      description: '',
      backbone,
      architecture: 'tiny',
      requestId: '',
    });
    const { run } = await training.startRun({
      experimentId: experiment?.id ?? '',
      snapshotDigest: digest,
      recipe: Recipe.create({ ...recipe, ...changes }),
      detection: undefined,
      requestId: '',
    });
    return run!;
  }

  async function follow({ jobs }: Clients, run: Run, onEvent: (event: JobEvent) => void | boolean): Promise<void> {
    for await (const { event } of jobs.watchJob({ jobId: run.job!.id, afterSequence: 0 })) {
      if (event && onEvent(event)) return;
    }
  }

  async function linesAndVersion(clients: Clients, run: Run) {
    const lines: string[] = [];
    const stages: string[] = [];
    await follow(clients, run, ({ event }) => {
      if (event?.$case === 'log') lines.push(event.value);
      if (event?.$case === 'stage') stages.push(event.value);
    });
    const { run: ended } = await clients.training.getRun({ runId: run.id });
    return { lines, stages, version: ended!.backboneVersion, job: ended!.job! };
  }

  const processOf = (line: string) => Number(/in process (\d+)/.exec(line)?.[1]);
  const isSecondEpoch = ({ event }: JobEvent) => event?.$case === 'log' && event.value.startsWith('epoch 2:');

  it(
    'goes on from its last epoch in another process when its own is killed, to the same version',
    { timeout },
    async () => {
      const clients = clientsAt(served.address);
      const whole = await linesAndVersion(clients, await start(clients, 'undisturbed'));

      const run = await start(clients, 'process-killed');
      let worker = 0;
      await follow(clients, run, (event) => {
        if (event.event?.$case === 'log') worker ||= processOf(event.event.value);
        return isSecondEpoch(event);
      });
      process.kill(worker, 'SIGKILL');
      const { lines, version } = await linesAndVersion(clients, run);

      expect(lines).toContainEqual(
        expect.stringMatching(/was ended by SIGKILL; another process takes the training up/),
      );
      expect(lines).toContainEqual(expect.stringMatching(/going on after epoch [1-4]$/));
      expect(version).toMatch(/^[0-9a-f]{64}$/);
      // Equal weights under another backbone's name are another version: what it consists of must be the same.
      const [first, second] = await Promise.all(
        [whole.version, version].map((digest) => served.db.backboneVersion.findUniqueOrThrow({ where: { digest } })),
      );
      expect(second.onnxArtifact).toBe(first.onnxArtifact);
      expect(readdirSync(path.join(served.artifactsDir, '../cache/checkpoints'))).toEqual([]);
    },
  );

  it('goes on when the service is killed and started again, and is published once', { timeout }, async () => {
    const store = await makeStore();
    const first = await spawnService(store);
    const datasets = createClient(DatasetServiceClient, first.address, { token: store.operatorToken });
    const { snapshot } = await datasets.importSnapshot([header(), ...(await goodPhotos())]);
    const before = clientsAt(first.address, store.operatorToken);
    const run = await start(before, 'service-killed', { epochs: 8 }, snapshot!.digest);
    await follow(before, run, isSecondEpoch);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await spawnService(store);
    const after = clientsAt(second.address, store.operatorToken);
    const { lines, version, job } = await linesAndVersion(after, run);
    expect(lines).toContainEqual(expect.stringMatching(/the worker was lost; another takes the job up/));
    expect(lines).toContainEqual(expect.stringMatching(/going on after epoch [1-8]$/));
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect(await store.db.backboneVersion.count({ where: { runId: run.id } })).toBe(1);
    // No detector service runs here.
    expect(job.state).toBe(JobState.JOB_STATE_FAILED);

    for (const client of [datasets, ...Object.values(before), ...Object.values(after)]) client.close();
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
    await store.remove();
  });

  it.skipIf(!canMount)(
    '[needs the right to mount a small disk] fails when the disk is full, and publishes nothing',
    { timeout },
    async () => {
      const clients = clientsAt(served.address);
      const cacheDir = path.join(served.artifactsDir, '../cache');
      mkdirSync(cacheDir, { recursive: true });
      // Room for the activations of the photos that judge, not for an epoch's weights.
      mountDisk(cacheDir, '512k');
      try {
        const before = await served.db.backboneVersion.count();
        const { version, job } = await linesAndVersion(clients, await start(clients, 'disk-full', { units: 2048 }));
        expect(job).toMatchObject({
          state: JobState.JOB_STATE_FAILED,
          failureClass: FailureClass.FAILURE_CLASS_INFRASTRUCTURE,
        });
        expect(job.error).toMatch(/no space left|ENOSPC/i);
        expect(version).toBe('');
        expect(await served.db.backboneVersion.count()).toBe(before);
        expect(readdirSync(path.join(cacheDir, 'checkpoints'))).toEqual([]);
      } finally {
        execFileSync('umount', [cacheDir]);
      }
    },
  );

  it('fails with step, learning rate and last good epoch when the loss is not finite', { timeout }, async () => {
    const clients = clientsAt(served.address);
    const run = await start(clients, 'diverged', { learningRate: 10, momentum: 0.99, augmentation: 'none' });
    const { version, job } = await linesAndVersion(clients, run);
    expect(job.error).toMatch(
      /loss became \S+ in step \d+ \(epoch \d\) at learning rate 10\.0; .*last good epoch is \d/,
    );
    expect(job.state).toBe(JobState.JOB_STATE_FAILED);
    expect(version).toBe('');
  });
});

/** The service as it runs in production: a process of its own. */
async function spawnService(
  store: Awaited<ReturnType<typeof makeStore>>,
): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../src/main.ts')], {
    env: {
      ...process.env,
      TRAINING_ADDRESS: '127.0.0.1:0',
      DETECTOR_ADDRESS: '127.0.0.1:1',
      DATABASE_URL: store.databaseUrl,
      ARTIFACTS_DIR: store.artifactsDir,
      OUTSIDER_CACHE_DIR: store.cacheDir,
      SERVICE_TOKEN: store.serviceToken,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    const [, address] = /"address":"([^"]+)"/.exec(String(chunk)) ?? [];
    if (address) {
      child.stdout!.resume();
      return { child, address };
    }
  }
  throw new Error('the service ended before it listened');
}
