import {
  BackboneServiceService,
  DatasetServiceService,
  DeploymentServiceService,
  JobServiceService,
  TrainingServiceService,
} from '@outsider/contracts';
import { startServer, type ServedService } from '@outsider/contracts/server';
import { pingDatabase } from '@outsider/database';
import { UnauthenticatedError } from '@outsider/domain';
import { callMetrics, createMetrics, startHealthLoop, startMetricsServer } from '@outsider/runtime';
import type { Config } from './config.ts';
import { createContext, type Context } from './context.ts';
import { finishImport } from './finish-import.ts';
import { cancelJob } from './handlers/cancel-job.ts';
import { createBundle } from './handlers/create-bundle.ts';
import { createExperiment } from './handlers/create-experiment.ts';
import { exportBackboneVersion } from './handlers/export-backbone-version.ts';
import { getBackboneVersion } from './handlers/get-backbone-version.ts';
import { getDeployment } from './handlers/get-deployment.ts';
import { getJob } from './handlers/get-job.ts';
import { getRun } from './handlers/get-run.ts';
import { getSnapshot } from './handlers/get-snapshot.ts';
import { importBackboneVersion } from './handlers/import-backbone-version.ts';
import { importSnapshot } from './handlers/import-snapshot.ts';
import { inspectClassifier } from './handlers/inspect-classifier.ts';
import { listBackboneVersions } from './handlers/list-backbone-versions.ts';
import { listBackbones } from './handlers/list-backbones.ts';
import { listDeployments } from './handlers/list-deployments.ts';
import { listExperiments } from './handlers/list-experiments.ts';
import { listJobs } from './handlers/list-jobs.ts';
import { listRuns } from './handlers/list-runs.ts';
import { listSnapshotItems } from './handlers/list-snapshot-items.ts';
import { listSnapshots } from './handlers/list-snapshots.ts';
import { promoteBundle } from './handlers/promote-bundle.ts';
import { retrain } from './handlers/retrain.ts';
import { rollBackDeployment } from './handlers/roll-back-deployment.ts';
import { startRun } from './handlers/start-run.ts';
import { watchJob } from './handlers/watch-job.ts';
import { runTraining } from './run-training.ts';

export interface TrainingService {
  /** `host:port` it listens on. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts the whole service: listens, takes up jobs, and follows the health of the store. */
export async function startTrainingService(config: Config): Promise<TrainingService> {
  const context = await createContext(config);
  const { db, logger, queue, repositories, detector } = context;
  const metrics = createMetrics('training-service');
  const server = await startServer({
    address: config.address,
    addressVariable: 'TRAINING_ADDRESS',
    services: services(context),
    authenticate: async (secret) => {
      const principal = await repositories.tokens.findPrincipal(secret);
      if (!principal) throw new UnauthenticatedError('the token is unknown, revoked or expired');
      return principal;
    },
    logger,
    onCallEnd: callMetrics(metrics),
  });
  const metricsServer = config.metricsAddress ? await startMetricsServer(metrics, config.metricsAddress) : undefined;
  await queue.work('train', (job) => runTraining(context, job));
  await queue.work('import', (job) => finishImport(context, job));
  const health = startHealthLoop({ ping: () => pingDatabase(db), setServing: server.setServing, logger });

  return {
    address: server.address,
    async stop() {
      health.stop();
      await server.stop({ graceMs: 3_000 });
      await queue.stop();
      detector.close();
      await metricsServer?.stop();
      await db.$disconnect();
    },
  };
}

function services(context: Context): ServedService[] {
  return [
    {
      name: 'outsider.training.v1.TrainingService',
      definition: TrainingServiceService,
      implementation: {
        createExperiment: createExperiment(context),
        listExperiments: listExperiments(context),
        startRun: startRun(context),
        retrain: retrain(context),
        getRun: getRun(context),
        listRuns: listRuns(context),
      },
    },
    {
      name: 'outsider.registry.v1.DatasetService',
      definition: DatasetServiceService,
      implementation: {
        importSnapshot: importSnapshot(context),
        getSnapshot: getSnapshot(context),
        listSnapshots: listSnapshots(context),
        listSnapshotItems: listSnapshotItems(context),
      },
    },
    {
      name: 'outsider.registry.v1.BackboneService',
      definition: BackboneServiceService,
      implementation: {
        listBackbones: listBackbones(context),
        getBackboneVersion: getBackboneVersion(context),
        listBackboneVersions: listBackboneVersions(context),
        inspectClassifier: inspectClassifier(context),
        importBackboneVersion: importBackboneVersion(context),
        exportBackboneVersion: exportBackboneVersion(context),
      },
    },
    {
      name: 'outsider.registry.v1.DeploymentService',
      definition: DeploymentServiceService,
      implementation: {
        createBundle: createBundle(context),
        promoteBundle: promoteBundle(context),
        rollBackDeployment: rollBackDeployment(context),
        getDeployment: getDeployment(context),
        listDeployments: listDeployments(context),
      },
    },
    {
      name: 'outsider.registry.v1.JobService',
      definition: JobServiceService,
      implementation: {
        getJob: getJob(context),
        listJobs: listJobs(context),
        watchJob: watchJob(context),
        cancelJob: cancelJob(context),
      },
    },
  ];
}
