import {
  ServerInterceptingCall,
  status,
  type ServerInterceptor,
  type ServerInterceptingCallInterface,
  type StatusObject,
} from '@grpc/grpc-js';
import { InvalidArgumentError, ResourceExhaustedError, UnavailableError, type Principal } from '@outsider/domain';
import { toServiceStatus } from '../errors/to-service-status.ts';
import { admitCall, type CallLogger } from './call.ts';
import { toStatus } from './to-status.ts';
import type { Authenticate } from './token-cache.ts';

/** A call that has ended. */
export interface FinishedCall {
  readonly method: string;
  /** Name of a gRPC status, such as `OK`. */
  readonly code: string;
  readonly seconds: number;
}

export interface GatekeeperSettings {
  readonly authenticate: Authenticate;
  readonly logger: CallLogger;
  readonly maxMessageBytes: number;
  readonly onCallEnd: (call: FinishedCall) => void;
}

export interface Gatekeeper {
  readonly interceptor: ServerInterceptor;
  /** Refuses new calls from now on and resolves when the admitted ones have ended. */
  drain(): Promise<void>;
}

const anonymous: Principal = { tokenId: '', name: 'anonymous', role: 'viewer' };
const openToAll = '/grpc.health.v1.Health/';

/** Stands before every method of a server, ours or not: lets in who has a token, counts who is in. */
export function gatekeeper({ authenticate, logger, maxMessageBytes, onCallEnd }: GatekeeperSettings): Gatekeeper {
  let admitted = 0;
  let draining = false;
  let drained: () => void;
  const allEnded = new Promise<void>((resolve) => (drained = resolve));

  const interceptor: ServerInterceptor = (descriptor, call) => {
    const method = descriptor.path;
    const isOpen = method.startsWith(openToAll);
    const startedAt = performance.now();
    const abort = new AbortController();
    let inside = false;
    let sent: StatusObject | undefined;

    onStatus(call, (unworded) => {
      const final = sent ?? worded(unworded, maxMessageBytes);
      sent = final;
      // A deadline ends the call from outside the handler, which must hear of it.
      if (final.code !== status.OK) abort.abort();
      return final;
    });

    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const [authorization = ''] = metadata.get('authorization');
            metadata.remove('authorization');
            const token = /^bearer +(\S+)$/i.exec(String(authorization))?.[1] ?? '';
            const principal = isOpen ? Promise.resolve(anonymous) : authenticate(token);
            principal
              .then((principal) => {
                if (draining && !isOpen) throw new UnavailableError('the service is stopping; call again');
                if (!isOpen) admitted++;
                inside = !isOpen;
                const deadline = call.getDeadline();
                admitCall({
                  method,
                  principal,
                  metadata,
                  logger,
                  signal: abort.signal,
                  deadline: deadline === Infinity ? undefined : new Date(deadline),
                });
                proceed(metadata);
              })
              .catch((error: unknown) => call.sendStatus(toStatus(error, method, logger)));
          },
          // Comes once for every call, however it ended.
          onCancel: () => {
            abort.abort();
            if (isOpen) return;
            onCallEnd({
              method,
              code: status[sent?.code ?? status.CANCELLED],
              seconds: (performance.now() - startedAt) / 1000,
            });
            if (inside && --admitted === 0 && draining) drained();
          },
        }),
    });
  };

  return {
    interceptor,
    drain() {
      draining = true;
      if (admitted === 0) drained();
      return allEnded;
    },
  };
}

/**
 * Sees every status of a call. Interceptors are not shown those that grpc-js sends by itself (deadline, a message over
 * the limit, bytes that are no message), so the call's own method is replaced.
 */
function onStatus(call: ServerInterceptingCallInterface, change: (sent: StatusObject) => StatusObject): void {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (unchanged) => send(change(unchanged as StatusObject));
}

/** Says in our own words what grpc-js says in its own. */
function worded(sent: StatusObject, maxMessageBytes: number): StatusObject {
  const { code, details } = sent;
  const maxMiB = maxMessageBytes / 2 ** 20;
  const tooLarge = /^Received message larger than max \((\d+) vs \d+\)$/.exec(details);
  if (tooLarge) {
    const sizeMiB = (Number(tooLarge[1]) / 2 ** 20).toFixed(1);
    return toServiceStatus(
      new ResourceExhaustedError(`the message is ${sizeMiB} MiB; at most ${maxMiB} MiB are accepted`),
    );
  }
  if (details.startsWith('Received message that decompresses to a size larger than')) {
    return toServiceStatus(
      new ResourceExhaustedError(`the message is larger than ${maxMiB} MiB, which is the most accepted`),
    );
  }
  if (code === status.INTERNAL && details === 'Error deserializing request') {
    return toServiceStatus(
      new InvalidArgumentError('the request is not a message of this API: its bytes cannot be decoded'),
    );
  }
  return sent;
}
