import {
  logVerbosity,
  Server,
  ServerCredentials,
  setLogVerbosity,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { FailedPreconditionError, InvalidArgumentError } from '@outsider/domain';
import { descriptorSet } from '../generated/descriptor-set.ts';
import { defaultMaxMessageBytes, type ServerTls } from '../tls.ts';
import type { CallLogger } from './call.ts';
import { gatekeeper, type FinishedCall } from './gatekeeper.ts';
import { tokenCache, type Authenticate } from './token-cache.ts';

/** One service of a server. */
export interface ServedService {
  /** Full name, such as `outsider.embedding.v1.EmbeddingService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

export interface ServerSettings {
  /** `host:port`; port 0 takes a free one. */
  readonly address: string;
  /** The environment variable that sets the address: named when the port is taken. */
  readonly addressVariable: string;
  readonly services: readonly ServedService[];
  readonly authenticate: Authenticate;
  readonly logger: CallLogger;
  readonly tls?: ServerTls;
  /** Default 36 MiB. */
  readonly maxMessageBytes?: number;
  /** For metrics. */
  readonly onCallEnd?: (call: FinishedCall) => void;
}

export interface RunningServer {
  /** `host:port` with the port that was taken. */
  readonly address: string;
  readonly port: number;
  /** What health checks are told; calls are served either way. NOT_SERVING until first set. */
  setServing(serving: boolean): void;
  /** NOT_SERVING, then no new calls, then waits for those under way, at most `graceMs`; then ends them. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Listens with health checks, reflection, keep-alive, size limits, and a token asked for on every call but health's.
 *
 * @throws {InvalidArgumentError} when the address is not `host:port`
 * @throws {FailedPreconditionError} when the port is taken or the address is not this machine's
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  // What grpc-js would print, errors carry.
  setLogVerbosity(logVerbosity.NONE);
  const { services, logger, maxMessageBytes = defaultMaxMessageBytes, onCallEnd = () => undefined } = settings;
  const gate = gatekeeper({ authenticate: tokenCache(settings.authenticate), logger, maxMessageBytes, onCallEnd });
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    interceptors: [gate.interceptor],
  });
  for (const { definition, implementation } of services) server.addService(definition, implementation);

  const names = services.map(({ name }) => name);
  const health = new HealthImplementation();
  health.addToServer(server);
  const reflected = loadFileDescriptorSetFromBuffer(descriptorSet());
  new ReflectionService(reflected, { services: [...names] }).addToServer(server);

  function setServing(serving: boolean): void {
    for (const name of ['', ...names]) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  }
  setServing(false);

  const port = await listen(server, settings);
  let stopped: Promise<void> | undefined;

  async function stop(graceMs: number): Promise<void> {
    setServing(false);
    const drained = gate.drain();
    const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    const timer = new AbortController();
    await Promise.race([closed, drained.then(() => afterFlush(closed)), sleep(graceMs, timer.signal)]);
    timer.abort();
    // Health watchers and idle connections never end by themselves.
    server.forceShutdown();
  }

  return {
    address: `${settings.address.slice(0, settings.address.lastIndexOf(':'))}:${port}`,
    port,
    setServing,
    stop: ({ graceMs = 8_000 } = {}) => (stopped ??= stop(graceMs)),
  };
}

/** The last trailers are on their way when the last call ends: lets them leave before connections are cut. */
function afterFlush(closed: Promise<void>): Promise<void> {
  const timer = new AbortController();
  return Promise.race([closed, sleep(100, timer.signal)]).finally(() => timer.abort());
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => clearTimeout(timeout), { once: true });
  });
}

async function listen(server: Server, { address, addressVariable, tls }: ServerSettings): Promise<number> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  const port = address.slice(colon + 1);
  if (colon < 1 || !/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new InvalidArgumentError(`${addressVariable}: expected host:port, got "${address}"`);
  }
  const credentials = tls
    ? ServerCredentials.createSsl(
        tls.clientAuthorities ?? null,
        [{ private_key: tls.key, cert_chain: tls.certificate }],
        tls.clientAuthorities !== undefined,
      )
    : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (!error) return resolve(bound);
      const taken = error.message.includes('EADDRINUSE');
      const sentence = taken
        ? `port ${port} on ${host} is taken by another program; set ${addressVariable} to another host:port`
        : `cannot listen on ${address} (${error.message}); set ${addressVariable} to another host:port`;
      reject(
        new FailedPreconditionError(
          sentence,
          { reason: 'ADDRESS_UNAVAILABLE', address, variable: addressVariable },
          { cause: error },
        ),
      );
    });
  });
}
