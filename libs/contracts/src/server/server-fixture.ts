import { Client, credentials, loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js';
import { service as healthDefinition } from 'grpc-health-check';
import { UnauthenticatedError, type Principal } from '@outsider/domain';
import type { CallLogger } from './call.ts';

/** For tests: three tokens, one for each role and one that is nobody's. */
export const tokens = { operator: 'operator-token', viewer: 'viewer-token', unknown: 'nobody' };

export async function authenticate(token: string): Promise<Principal> {
  if (token === tokens.operator) return { tokenId: '1', name: 'olga', role: 'operator' };
  if (token === tokens.viewer) return { tokenId: '2', name: 'victor', role: 'viewer' };
  throw new UnauthenticatedError('the token is unknown, revoked or expired');
}

/** A logger that keeps what it is told. */
export function keepingLogger(): CallLogger & {
  readonly lines: { facts: Record<string, unknown>; message: string }[];
} {
  const lines: { facts: Record<string, unknown>; message: string }[] = [];
  const keep = (facts: object, message: string) =>
    void lines.push({ facts: facts as Record<string, unknown>, message });
  return { lines, info: keep, warn: keep, error: keep };
}

/** What a health checker is told, without any token. */
export async function askHealth(address: string, service = ''): Promise<string> {
  const Health = loadPackageDefinition({ Health: healthDefinition }).Health as unknown as new (
    address: string,
    credentials: unknown,
  ) => Client & {
    check(request: object, callback: (error: ServiceError | null, answer: { status: string }) => void): void;
  };
  const client = new Health(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) =>
      client.check({ service }, (error, answer) => (error ? reject(error) : resolve(answer.status))),
    );
  } finally {
    client.close();
  }
}

/** A call by hand, with the raw bytes and headers that a typed client would not send. */
export function rawUnary(
  address: string,
  path: string,
  body: Buffer,
  headers: Record<string, string>,
): Promise<Buffer> {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, body, metadata, (error, answer) =>
      error ? reject(error) : resolve(answer ?? Buffer.alloc(0)),
    );
  }).finally(() => client.close());
}
