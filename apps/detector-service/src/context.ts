import { openArtifactStore, type ArtifactStore } from '@outsider/artifacts';
import { createClient, EmbeddingServiceClient } from '@outsider/contracts';
import { createDatabase, jobQueue, tokenRepository, type Database, type JobQueue } from '@outsider/database';
import { UnauthenticatedError, type Principal } from '@outsider/domain';
import { callMetrics, createMetrics, type Logger } from '@outsider/runtime';
import type { Config } from './config.ts';
import { detectionMetrics, type DetectionMetrics } from './detection-metrics.ts';
import { modelShelf, type ModelShelf } from './detection/model-shelf.ts';
import { startScoringPool, type ScoringPool } from './detection/scoring-pool.ts';
import type { EmbeddingClient } from './embedding/embed-items.ts';
import { repositoriesOf, type Repositories } from './repositories.ts';

/** Everything that handlers and jobs work with. */
export interface Context {
  readonly config: Config;
  readonly logger: Logger;
  readonly db: Database;
  readonly repositories: Repositories;
  readonly queue: JobQueue;
  readonly artifacts: ArtifactStore;
  readonly embedding: EmbeddingClient;
  readonly pool: ScoringPool;
  readonly models: ModelShelf;
  /** Served at METRICS_ADDRESS. */
  readonly registry: ReturnType<typeof createMetrics>;
  readonly metrics: DetectionMetrics;
  readonly onCallEnd: ReturnType<typeof callMetrics>;
  authenticate(token: string): Promise<Principal>;
  /** Ends connections and threads; stop the queue first. */
  close(): Promise<void>;
}

/** Opens what the service needs. Nothing connects yet: the store and the embedding service may come later. */
export async function openContext(config: Config, logger: Logger): Promise<Context> {
  const artifacts = await openArtifactStore(config.artifactsDir);
  const db = createDatabase(config.databaseUrl);
  const repositories = repositoriesOf(db);
  const tokens = tokenRepository(db);
  const queue = jobQueue({
    url: config.databaseUrl,
    db,
    onError: (error) => logger.warn({ err: error }, 'the job queue met a fault and goes on'),
  });
  const embedding = createClient(EmbeddingServiceClient, config.embeddingAddress, { token: config.serviceToken });
  const pool = startScoringPool({ threads: config.scoringThreads });
  const models = modelShelf({ repositories, artifacts, pool, maxBytes: config.cacheBytes });
  const registry = createMetrics('detector-service');
  const metrics = detectionMetrics(registry, models.heldBytes);

  return {
    config,
    logger,
    db,
    repositories,
    queue,
    artifacts,
    embedding,
    pool,
    models,
    registry,
    metrics,
    onCallEnd: callMetrics(registry),
    async authenticate(token) {
      const principal = await tokens.findPrincipal(token);
      if (!principal) throw new UnauthenticatedError('this token is unknown, revoked or expired');
      return principal;
    },
    async close() {
      embedding.close();
      await pool.close();
      await db.$disconnect();
    },
  };
}
