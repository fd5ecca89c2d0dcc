import { readFileSync } from 'node:fs';
import {
  BackboneServiceClient,
  createClient,
  DatasetServiceClient,
  DeploymentServiceClient,
  DetectorServiceClient,
  JobServiceClient,
  TrainingServiceClient,
} from '@outsider/contracts';
import { UnauthenticatedError } from '@outsider/domain';
import type { Settings } from './settings.ts';

/** Clients of every service that the command line calls, with one token. */
export function connect(settings: Settings) {
  const options = { token: settings.token ?? readToken(settings.tokenFile) };
  const clients = {
    datasets: createClient(DatasetServiceClient, settings.trainingAddress, options),
    backbones: createClient(BackboneServiceClient, settings.trainingAddress, options),
    deployments: createClient(DeploymentServiceClient, settings.trainingAddress, options),
    jobs: createClient(JobServiceClient, settings.trainingAddress, options),
    training: createClient(TrainingServiceClient, settings.trainingAddress, options),
    detector: createClient(DetectorServiceClient, settings.detectorAddress, options),
  };
  return {
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.close();
    },
  };
}

export type Clients = ReturnType<typeof connect>;

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UnauthenticatedError(`no token: ${file} cannot be read; run \`npm start\` first, or set OUTSIDER_TOKEN`);
  }
}
