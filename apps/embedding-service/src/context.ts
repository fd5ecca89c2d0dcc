import { openArtifactStore } from '@outsider/artifacts';
import {
  backboneRepository,
  createDatabase,
  deploymentRepository,
  tokenRepository,
  type Database,
} from '@outsider/database';
import { UnauthenticatedError, type Principal } from '@outsider/domain';
import { createMetrics, type Logger, type Registry } from '@outsider/runtime';
import { createSlots, type Slots } from './admission/slots.ts';
import type { Config } from './config.ts';
import type { EmbedContext } from './embed-image.ts';
import { embeddingMetrics } from './embedding-metrics.ts';
import { followProduction } from './versions/follow-production.ts';
import { loadVersion } from './versions/load-version.ts';
import { createVersionPool } from './versions/version-pool.ts';

/** Everything that handlers work with; made once, here. */
export interface Context extends EmbedContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly db: Database;
  readonly registry: Registry;
  /** One for each image of a unary call. */
  readonly unarySlots: Slots;
  /** One for each image of all streams together. */
  readonly streamSlots: Slots;
  /** Images of one stream taken in and not answered yet. */
  readonly streamWindow: number;
  authenticate(token: string): Promise<Principal>;
  close(): Promise<void>;
}

/** Opens what the service needs; the store may come later. */
export async function openContext(config: Config, logger: Logger): Promise<Context> {
  const artifacts = await openArtifactStore(config.artifactsDir);
  const db = createDatabase(config.databaseUrl);
  const tokens = tokenRepository(db);
  const backbones = backboneRepository(db);
  const deployments = deploymentRepository(db);
  const registry = createMetrics('embedding-service');

  const pool = createVersionPool({
    load: async (digest) => loadVersion(await backbones.getVersion(digest), { config, artifacts, logger }),
    maxVersions: config.maxVersions,
    logger,
  });
  const production = followProduction({
    findProduction: async () => (await deployments.findCurrent())?.bundle.backboneVersion,
    pool,
    logger,
  });
  const unarySlots = createSlots(config.maxQueue);
  // One batch computed, one gathering, and as many being decoded as can be.
  const streamWindow = 2 * config.maxBatch + config.decoders;
  const streamSlots = createSlots(streamWindow);

  return {
    config,
    logger,
    db,
    registry,
    pool,
    production,
    decoders: createSlots(config.decoders),
    metrics: embeddingMetrics(registry, () => unarySlots.taken + streamSlots.taken),
    unarySlots,
    streamSlots,
    streamWindow,
    async authenticate(token) {
      const principal = await tokens.findPrincipal(token);
      if (!principal) throw new UnauthenticatedError('this token is unknown, revoked or expired');
      return principal;
    },
    async close() {
      production.stop();
      await pool.close();
      await db.$disconnect();
    },
  };
}
