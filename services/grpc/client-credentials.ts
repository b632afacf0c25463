import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';

/** How a channel is secured: its credentials, and the options that belong to them. */
export interface Security {
  readonly credentials: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** TLS that trusts only `ca` (PEM); cleartext if omitted. */
export function securityOf(target: string, ca: string | undefined): Security {
  if (ca === undefined) return { credentials: credentials.createInsecure(), options: {} };
  const authority = Buffer.from(ca);
  const host = new URL(`https://${target}`).hostname.replace(/^\[|\]$/g, '');
  if (!isIP(host)) return { credentials: credentials.createSsl(authority), options: {} };
  // grpc-js names the target in the handshake, where an address is not allowed and Node refuses
  // it (RFC 6066 §3). So a name is sent there, and the certificate is held to the address.
  const verify = {
    checkServerIdentity: (_name: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(host, certificate),
  };
  return {
    credentials: credentials.createSsl(authority, null, null, verify),
    options: { 'grpc.ssl_target_name_override': 'localhost' },
  };
}
