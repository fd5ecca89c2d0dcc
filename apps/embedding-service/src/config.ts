import { availableParallelism } from 'node:os';
import {
  addressSetting,
  databaseUrlSetting,
  loadConfig,
  logLevels,
  wholeNumberSetting,
  type Environment,
  type LogLevel,
} from '@outsider/runtime';
import { z } from 'zod';

const schema = z.object({
  EMBEDDING_ADDRESS: addressSetting().default('127.0.0.1:50052'),
  DATABASE_URL: databaseUrlSetting(),
  ARTIFACTS_DIR: z.string('expected the folder of artifacts'),
  EMBEDDING_THREADS: wholeNumberSetting(1, 1024).default(availableParallelism()),
  EMBEDDING_DECODERS: wholeNumberSetting(1, 1024).default(availableParallelism()),
  EMBEDDING_MAX_BATCH: wholeNumberSetting(1, 256).default(8),
  EMBEDDING_MAX_DELAY_MS: wholeNumberSetting(0, 10_000).default(5),
  EMBEDDING_MAX_QUEUE: wholeNumberSetting(1, 100_000).default(64),
  EMBEDDING_MAX_VERSIONS: wholeNumberSetting(1, 100).default(2),
  METRICS_ADDRESS: addressSetting().optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

/** Everything that this service takes from its environment. */
export interface Config {
  /** `host:port` to listen on; port 0 takes a free one. */
  readonly address: string;
  readonly databaseUrl: string;
  readonly artifactsDir: string;
  /** Cores that one inference may use. */
  readonly threads: number;
  /** Images decoded at once. */
  readonly decoders: number;
  /** Images that share an inference at most. */
  readonly maxBatch: number;
  /** How long the first image of a batch waits for company while nothing runs. */
  readonly maxDelayMs: number;
  /** Single images under way at once; one more is refused. */
  readonly maxQueue: number;
  /** Backbone versions kept loaded, each in a process of its own. */
  readonly maxVersions: number;
  /** Absent: no metrics are served. */
  readonly metricsAddress: string | undefined;
  readonly logLevel: LogLevel;
}

/** @throws {InvalidArgumentError} naming each bad variable */
export function readConfig(environment: Environment): Config {
  const settings = loadConfig(schema, environment);
  return {
    address: settings.EMBEDDING_ADDRESS,
    databaseUrl: settings.DATABASE_URL,
    artifactsDir: settings.ARTIFACTS_DIR,
    threads: settings.EMBEDDING_THREADS,
    decoders: settings.EMBEDDING_DECODERS,
    maxBatch: settings.EMBEDDING_MAX_BATCH,
    maxDelayMs: settings.EMBEDDING_MAX_DELAY_MS,
    maxQueue: settings.EMBEDDING_MAX_QUEUE,
    maxVersions: settings.EMBEDDING_MAX_VERSIONS,
    metricsAddress: settings.METRICS_ADDRESS,
    logLevel: settings.LOG_LEVEL,
  };
}
