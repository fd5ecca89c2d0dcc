import 'server-only';
import { z } from 'zod';

/** What the dashboard reads from its environment. */
const environment = z.object({
  DATABASE_URL: z.string().min(1, 'DATABASE_URL: expected the address of a PostgreSQL database'),
  ARTIFACTS_DIR: z.string().min(1, 'ARTIFACTS_DIR: expected the folder of the artifact store'),
  TRAINING_ADDRESS: z.string().default('127.0.0.1:50051'),
  DETECTOR_ADDRESS: z.string().default('127.0.0.1:50053'),
  EMBEDDING_ADDRESS: z.string().default('127.0.0.1:50052'),
});

export interface Config {
  readonly databaseUrl: string;
  readonly artifactsDir: string;
  readonly trainingAddress: string;
  readonly detectorAddress: string;
  readonly embeddingAddress: string;
}

let config: Config | undefined;

/**
 * Read on first use, so that `next build` needs no environment. DASHBOARD_HOST and DASHBOARD_PORT are read by whoever
 * starts `next start`.
 *
 * @throws {Error} with one sentence per missing variable
 */
export function readConfig(): Config {
  if (config) return config;
  const parsed = environment.safeParse(process.env);
  if (!parsed.success)
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const env = parsed.data;
  config = {
    databaseUrl: env.DATABASE_URL,
    artifactsDir: env.ARTIFACTS_DIR,
    trainingAddress: env.TRAINING_ADDRESS,
    detectorAddress: env.DETECTOR_ADDRESS,
    embeddingAddress: env.EMBEDDING_ADDRESS,
  };
  return config;
}
