import {
  addressSetting,
  databaseUrlSetting,
  loadConfig,
  logLevels,
  wholeNumberSetting,
  type Environment,
} from '@outsider/runtime';
import { z } from 'zod';

const schema = z.object({
  DETECTOR_ADDRESS: addressSetting().default('127.0.0.1:50053'),
  EMBEDDING_ADDRESS: addressSetting().default('127.0.0.1:50052'),
  DATABASE_URL: databaseUrlSetting(),
  ARTIFACTS_DIR: z.string().min(1, 'expected the folder of artifacts'),
  SERVICE_TOKEN: z.string().min(1, 'expected the token this service calls the embedding service with'),
  METRICS_ADDRESS: addressSetting().optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  DETECTOR_CACHE_MIB: wholeNumberSetting(1, 1_048_576).default(1024),
  DETECTOR_SCORING_THREADS: wholeNumberSetting(1, 256).default(1),
  DETECTOR_STREAM_WINDOW: wholeNumberSetting(1, 1024).default(16),
});

/** Everything that this service takes from its environment. */
export interface Config {
  /** `host:port` to listen on; port 0 takes a free one. */
  readonly address: string;
  readonly embeddingAddress: string;
  readonly databaseUrl: string;
  readonly artifactsDir: string;
  /** Presented to the embedding service. */
  readonly serviceToken: string;
  /** Absent: no metrics are served. */
  readonly metricsAddress: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
  /** Fitted models and banks of neighbours kept in memory, in bytes. */
  readonly cacheBytes: number;
  /** Threads that score with models too slow for the event loop. */
  readonly scoringThreads: number;
  /** Items of one stream under way at once. */
  readonly streamWindow: number;
}

/** @throws {InvalidArgumentError} naming each bad variable */
export function readConfig(environment: Environment): Config {
  const settings = loadConfig(schema, environment);
  return {
    address: settings.DETECTOR_ADDRESS,
    embeddingAddress: settings.EMBEDDING_ADDRESS,
    databaseUrl: settings.DATABASE_URL,
    artifactsDir: settings.ARTIFACTS_DIR,
    serviceToken: settings.SERVICE_TOKEN,
    metricsAddress: settings.METRICS_ADDRESS,
    logLevel: settings.LOG_LEVEL,
    cacheBytes: settings.DETECTOR_CACHE_MIB * 2 ** 20,
    scoringThreads: settings.DETECTOR_SCORING_THREADS,
    streamWindow: settings.DETECTOR_STREAM_WINDOW,
  };
}
