import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { parseAddress } from './load-config.ts';

export { Counter, Gauge, Histogram, Registry };

/** A registry of its own, with the process' memory, event-loop delay and CPU in it. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Seconds and outcomes of gRPC calls: give the returned function to `startServer` as `onCallEnd`. */
export function callMetrics(registry: Registry): (call: { method: string; code: string; seconds: number }) => void {
  const duration = new Histogram({
    name: 'outsider_grpc_call_seconds',
    help: 'From the first byte of a call to its status.',
    labelNames: ['method', 'code'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  return ({ method, code, seconds }) => duration.observe({ method, code }, seconds);
}

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves `GET /metrics` for Prometheus, and nothing else. Without TLS or tokens: bind it to loopback.
 *
 * @param variable the environment variable that sets the address, for the error
 * @throws {FailedPreconditionError} when the port is taken
 */
export async function startMetricsServer(
  registry: Registry,
  address: string,
  variable = 'METRICS_ADDRESS',
): Promise<MetricsServer> {
  const parsed = parseAddress(address);
  if (!parsed) throw new InvalidArgumentError(`${variable}: expected host:port, got "${address}"`);
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('only GET /metrics is here\n');
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `port ${parsed.port} on ${parsed.host} is taken by another program`
          : error.message;
      reject(
        new FailedPreconditionError(
          `${why}; set ${variable} to another host:port`,
          { variable, address },
          { cause: error },
        ),
      );
    });
    server.listen(parsed.port, parsed.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
