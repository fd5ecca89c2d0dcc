import { createServer } from 'node:net';
import { FailedPreconditionError } from '@outsider/domain';

/** A port that a part of the stack wants, and the variable that moves it elsewhere. */
export interface WantedPort {
  readonly owner: string;
  readonly host: string;
  readonly port: number;
  readonly variable: string;
}

export function parseAddress(address: string, variable: string, owner: string): WantedPort {
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (!host || !port) throw new FailedPreconditionError(`${variable}: expected HOST:PORT, got "${address}"`);
  return { owner, host, port: Number(port), variable };
}

/** @throws {FailedPreconditionError} naming the port and its variable when something listens there already */
export async function requireFreePort({ owner, host, port, variable }: WantedPort): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code ?? error.message})`;
      reject(
        new FailedPreconditionError(
          `port ${port}, wanted by the ${owner}, ${why}: stop what uses it, or set ${variable}`,
        ),
      );
    });
    probe.listen(port, host.replace(/^\[|\]$/g, ''), () => probe.close(() => resolve()));
  });
}
