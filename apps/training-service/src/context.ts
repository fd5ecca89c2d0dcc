import { openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import {
  createClient,
  DetectorServiceClient,
  type DetectorServiceService,
  type TypedClient,
} from '@outsider/contracts';
import {
  activationSetRepository,
  backboneRepository,
  createDatabase,
  datasetRepository,
  deploymentRepository,
  experimentRepository,
  jobQueue,
  jobRepository,
  runRepository,
  tokenRepository,
  type Database,
  type JobQueue,
} from '@outsider/database';
import { createLogger, type Logger } from '@outsider/runtime';
import type { Config } from './config.ts';

/** Everything a handler or a job may use; made once, here. */
export interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly db: Database;
  readonly repositories: Repositories;
  readonly queue: JobQueue;
  readonly artifacts: ArtifactStore;
  readonly detector: TypedClient<typeof DetectorServiceService>;
}

export type Repositories = ReturnType<typeof repositoriesOf>;

function repositoriesOf(db: Database) {
  return {
    activationSets: activationSetRepository(db),
    backbones: backboneRepository(db),
    datasets: datasetRepository(db),
    deployments: deploymentRepository(db),
    experiments: experimentRepository(db),
    jobs: jobRepository(db),
    runs: runRepository(db),
    tokens: tokenRepository(db),
  };
}

export async function createContext(config: Config): Promise<Context> {
  const logger = createLogger({ name: 'training-service' });
  const db = createDatabase(config.databaseUrl);
  const onError = (error: unknown) => logger.warn({ err: error }, 'the job queue met a fault and goes on');
  return {
    config,
    logger,
    db,
    repositories: repositoriesOf(db),
    queue: jobQueue({ url: config.databaseUrl, db, onError }),
    artifacts: await openArtifactStore(config.artifactsDir),
    detector: createClient(DetectorServiceClient, config.detectorAddress, { token: config.serviceToken }),
  };
}
