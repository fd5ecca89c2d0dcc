import { credentials, loadPackageDefinition, type Client, type ServiceError } from '@grpc/grpc-js';
import { service as definition } from 'grpc-health-check';

type HealthClient = Client & {
  check(request: { service: string }, callback: (error: ServiceError | null, answer: { status: string }) => void): void;
};

/** What a health checker is told, as one that knows nothing of ours: no token. */
export async function askHealth(address: string): Promise<string> {
  const Health = loadPackageDefinition({ Health: definition }).Health as unknown as new (
    address: string,
    credentials: unknown,
  ) => HealthClient;
  const client = new Health(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      client.check({ service: '' }, (error, answer) => (error ? reject(error) : resolve(answer.status)));
    });
  } finally {
    client.close();
  }
}
