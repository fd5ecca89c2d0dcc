import 'server-only';
import {
  createClient,
  DeploymentServiceClient,
  DetectorServiceClient,
  JobServiceClient,
  TrainingServiceClient,
  type TypedClient,
} from '@outsider/contracts';
import { UnavailableError } from '@outsider/domain';
import { readConfig } from '../config.ts';

type Service = { readonly service: Parameters<typeof createClient>[0]['service'] };

/** Calls one service as the person who is signed in; their own token travels with the call. */
async function call<S extends Service, T>(
  service: S,
  name: string,
  address: string,
  token: string,
  work: (client: TypedClient<S['service']>) => Promise<T>,
): Promise<T> {
  const client = createClient(service, address, { token });
  try {
    return await work(client as TypedClient<S['service']>);
  } catch (error) {
    // What the transport says of a closed port is no sentence for people.
    if (error instanceof UnavailableError && /ECONN|connect|dropped/i.test(error.message)) {
      throw new UnavailableError(
        `the ${name} service cannot be reached at the moment; it may be starting, so try again soon`,
        {},
        { cause: error },
      );
    }
    throw error;
  } finally {
    client.close();
  }
}

export function callTraining<T>(
  token: string,
  work: (client: TypedClient<(typeof TrainingServiceClient)['service']>) => Promise<T>,
): Promise<T> {
  return call(TrainingServiceClient, 'training', readConfig().trainingAddress, token, work);
}

export function callJobs<T>(
  token: string,
  work: (client: TypedClient<(typeof JobServiceClient)['service']>) => Promise<T>,
): Promise<T> {
  return call(JobServiceClient, 'training', readConfig().trainingAddress, token, work);
}

export function callDeployments<T>(
  token: string,
  work: (client: TypedClient<(typeof DeploymentServiceClient)['service']>) => Promise<T>,
): Promise<T> {
  return call(DeploymentServiceClient, 'training', readConfig().trainingAddress, token, work);
}

export function callDetector<T>(
  token: string,
  work: (client: TypedClient<(typeof DetectorServiceClient)['service']>) => Promise<T>,
): Promise<T> {
  return call(DetectorServiceClient, 'detector', readConfig().detectorAddress, token, work);
}
