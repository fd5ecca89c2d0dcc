import { makeClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { fromServiceError } from '../errors/from-service-error.ts';
import type { ClientTls } from '../tls.ts';
import { channelCredentials } from './channel-credentials.ts';

/** What a server says of itself. */
export type HealthStatus = 'SERVING' | 'NOT_SERVING' | 'UNKNOWN' | 'SERVICE_UNKNOWN';

const HealthClient = makeClientConstructor(service as unknown as ServiceDefinition, 'Health');

/**
 * Asks a server whether it serves; needs no token.
 *
 * @param service full name; empty means the whole server
 * @throws {UnavailableError} when nothing answers within `deadlineMs`
 */
export async function checkHealth(
  address: string,
  { service = '', deadlineMs = 1000, tls }: { service?: string; deadlineMs?: number; tls?: ClientTls } = {},
): Promise<HealthStatus> {
  const client = new HealthClient(address, channelCredentials(tls));
  try {
    return await new Promise<HealthStatus>((resolve, reject) => {
      const respond = (error: Error | null, response?: { status: HealthStatus }) =>
        error ? reject(fromServiceError(error)) : resolve(response?.status ?? 'UNKNOWN');
      (client['check'] as unknown as (...args: unknown[]) => void).call(
        client,
        { service },
        { deadline: Date.now() + deadlineMs },
        respond,
      );
    });
  } finally {
    client.close();
  }
}
