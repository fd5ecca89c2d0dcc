import { EmbeddingServiceService, type EmbeddingServiceServer } from '@outsider/contracts';
import { startServer } from '@outsider/contracts/server';
import { pingDatabase } from '@outsider/database';
import { callMetrics, startHealthLoop, startMetricsServer } from '@outsider/runtime';
import type { Context } from './context.ts';
import { embed } from './handlers/embed.ts';
import { embedStream } from './handlers/embed-stream.ts';
import { listLoadedVersions } from './handlers/list-loaded-versions.ts';

export interface EmbeddingService {
  /** `host:port`. */
  readonly address: string;
  /** Takes no new calls, answers those under way, unloads all versions. */
  stop(): Promise<void>;
}

/**
 * Listens at once; health checks say SERVING when the store answers and what is in production is warm.
 *
 * @throws {FailedPreconditionError} when a port is taken
 */
export async function startEmbeddingService(context: Context): Promise<EmbeddingService> {
  const { config, logger, registry } = context;
  const implementation: EmbeddingServiceServer = {
    embed: embed(context),
    embedStream: embedStream(context),
    listLoadedVersions: listLoadedVersions(context),
  };
  const server = await startServer({
    address: config.address,
    addressVariable: 'EMBEDDING_ADDRESS',
    services: [{ name: 'outsider.embedding.v1.EmbeddingService', definition: EmbeddingServiceService, implementation }],
    authenticate: context.authenticate,
    logger,
    onCallEnd: callMetrics(registry),
  });
  const metrics = config.metricsAddress ? await startMetricsServer(registry, config.metricsAddress) : undefined;
  let isWarm = false;
  let isStoreThere = false;
  void context.production.ready.then(() => {
    isWarm = true;
    server.setServing(isStoreThere);
  });
  const health = startHealthLoop({
    ping: () => pingDatabase(context.db),
    setServing(serving) {
      isStoreThere = serving;
      server.setServing(serving && isWarm);
    },
    logger,
  });

  return {
    address: server.address,
    async stop() {
      health.stop();
      await server.stop({ graceMs: 6_000 });
      await context.close();
      await metrics?.stop();
    },
  };
}
