import { backendNames, type BackendName } from '@outsider/finetuning/backends';
import { addressSetting, databaseUrlSetting, loadConfig, type Environment } from '@outsider/runtime';
import { z } from 'zod';

const schema = z.object({
  TRAINING_ADDRESS: addressSetting().default('127.0.0.1:50051'),
  DETECTOR_ADDRESS: addressSetting().default('127.0.0.1:50053'),
  DATABASE_URL: databaseUrlSetting(),
  ARTIFACTS_DIR: z.string(),
  OUTSIDER_CACHE_DIR: z.string(),
  SERVICE_TOKEN: z.string(),
  TRAINING_BACKEND: z.enum(backendNames, `expected one of ${backendNames.join(', ')}`).optional(),
  METRICS_ADDRESS: addressSetting().optional(),
});

export interface Config {
  readonly address: string;
  readonly detectorAddress: string;
  readonly databaseUrl: string;
  readonly artifactsDir: string;
  /** Pretrained weights and frozen features: everything here can be made again. */
  readonly cacheDir: string;
  /** What this service shows the detector service. */
  readonly serviceToken: string;
  /** What trains, or nothing does. Undefined: the fastest that works. */
  readonly backend: BackendName | undefined;
  /** Undefined: no metrics are served. */
  readonly metricsAddress: string | undefined;
}

export function readConfig(environment: Environment): Config {
  const variables = loadConfig(schema, environment);
  return {
    address: variables.TRAINING_ADDRESS,
    detectorAddress: variables.DETECTOR_ADDRESS,
    databaseUrl: variables.DATABASE_URL,
    artifactsDir: variables.ARTIFACTS_DIR,
    cacheDir: variables.OUTSIDER_CACHE_DIR,
    serviceToken: variables.SERVICE_TOKEN,
    backend: variables.TRAINING_BACKEND,
    metricsAddress: variables.METRICS_ADDRESS,
  };
}
