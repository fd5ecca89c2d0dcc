import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import type { ClientTls } from '../tls.ts';

/** Plain text unless TLS is asked for: addresses are loopback by default. */
export function channelCredentials(tls: ClientTls | undefined): ChannelCredentials {
  return tls
    ? credentials.createSsl(tls.authorities ?? null, tls.key ?? null, tls.certificate ?? null)
    : credentials.createInsecure();
}
